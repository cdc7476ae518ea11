// The register: found, sorted, read as of a day; a record changed, a community placed on the map, one proposed and confirmed.
import { enterAs, expect, goTo, test } from "./lilong.ts";

test("a record is changed and a community placed by clicking closer", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  await enterAs(page, "district-officer", language);
  await goTo(page, t("register-room"));
  await page.getByLabel(t("register-words")).fill("310112107002");
  await page.getByRole("button", { name: t("coverage-look") }).click();
  await looksRight("register");
  await page.getByRole("rowheader").getByRole("link").click();
  await page.getByRole("link", { name: t("register-edit") }).click();

  await page.getByLabel(t("register-name"), { exact: true }).fill("");
  await page.getByRole("button", { name: t("register-edit-save") }).click();
  await expect(page.getByRole("alert")).toContainText(t("register-refused-name-empty"));
  await looksRight("register-edit");
  const name = `新里 ${Date.now() % 100_000}`;
  await page.getByLabel(t("register-name"), { exact: true }).fill(name);
  await page.getByLabel(t("register-name-en")).fill(name);
  await page.getByRole("button", { name: t("register-edit-save") }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  await page.getByRole("link", { name: t("register-edit") }).click();
  await page.getByRole("link", { name: t("register-place") }).click();
  await looksRight("register-place");
  for (let clicks = 0; clicks < 3; clicks += 1) {
    const cells = page.getByRole("group", { name: t("register-place-map") }).getByRole("link");
    await cells.nth(Math.floor((await cells.count()) / 2)).click();
  }
  await expect(page.getByText(t("register-place-key-chosen"), { exact: true })).toBeVisible();
  await looksRight("register-place-near");
  await page.getByRole("button", { name: t("register-place-here") }).click();
  await expect(page.getByText(t("register-located-yes"), { exact: true })).toBeVisible();
});

test("a town proposes a community and the district confirms it", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  const name = `新虹青年里 ${Date.now() % 100_000}`;
  await enterAs(page, "town-officer", language);
  await goTo(page, t("register-room"));
  await page.getByRole("link", { name: t("register-proposals") }).click();
  await page.getByRole("link", { name: t("register-propose") }).click();
  await page.getByLabel(t("register-name"), { exact: true }).fill(name);
  await page.getByLabel(t("coverage-kind")).selectOption({ index: 1 });
  await page.getByLabel(t("register-right")).selectOption({ index: 1 });
  await page.getByLabel(t("coverage-town")).selectOption({ index: 1 });
  await page.getByLabel(t("register-reason")).fill("新建成，二月起入住");
  await looksRight("register-propose");
  await page.getByRole("button", { name: t("register-propose-send") }).click();
  await expect(page.getByText(name)).toBeVisible();
  await expect(page.getByRole("button", { name: t("register-confirm") })).toHaveCount(0);

  await page.goto("/");
  await enterAs(page, "district-officer", language);
  await page.getByRole("navigation", { name: t("shell-doors") }).getByRole("link", { name: t("shell-door-desk") }).click();
  await looksRight("desk");
  await page.getByRole("main").getByRole("link", { name: /名单|list/ }).click();
  await looksRight("register-proposals");
  const proposal = page.getByRole("listitem").filter({ hasText: name });
  await proposal.getByRole("button", { name: t("register-confirm") }).click();
  await expect(page.getByRole("row", { name }).getByText(t("register-confirmed"))).toBeVisible();
});
