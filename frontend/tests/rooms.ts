// The rooms that a role finds behind the doors.
import { expect, type Role } from "./lilong.ts";
import type { Page } from "@playwright/test";

export const ROLES: Role[] = [
  "district-officer",
  "town-officer",
  "grid-leader",
  "community-worker",
  "operator",
  "resident",
  "owner",
  "system-administrator",
  "security-administrator",
  "audit-administrator",
];

export const DOORS = ["public", "desk", "district"];

/** The rooms behind a door, but for the way out. */
export async function behind(page: Page, t: (id: string) => string, door: string): Promise<string[]> {
  const doors = page.getByRole("navigation", { name: t("shell-doors") });
  await doors.getByRole("link", { name: t(`shell-door-${door}`), exact: true }).click();
  // The district's door is shut to some: the page says so and leads back.
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  const links = page.getByRole("navigation", { name: t("shell-rooms") }).getByRole("link");
  const hrefs = await links.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  return hrefs.filter((href) => href !== "/leave");
}

/** What the picture of a room is called. */
export const named = (role: Role, href: string): string =>
  `${role}-${href.replaceAll("/", "-").replace(/^-/, "") || "first"}`;
