// Every room behind every door, for every role: whole, within the width, clean. And the desk of each.
import { enterAs, expect, test, type Role } from "./lilong.ts";

const ROLES: Role[] = [
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

for (const role of ROLES) {
  test(`every room of a ${role} is whole`, async ({ firstPage: page, language, t, looksRight }) => {
    await enterAs(page, role, language);
    for (const door of ["public", "desk", "district"]) {
      const doors = page.getByRole("navigation", { name: t("shell-doors") });
      await doors.getByRole("link", { name: t(`shell-door-${door}`), exact: true }).click();
      // The district's door is shut to some: the page says so and leads back.
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      const rooms = page.getByRole("navigation", { name: t("shell-rooms") }).getByRole("link");
      const hrefs = await rooms.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
      for (const href of hrefs.filter((href) => href !== "/leave")) {
        await page.goto(href);
        await looksRight(`${role}-${href.replaceAll("/", "-").replace(/^-/, "") || "first"}`);
      }
    }
  });
}
