// A resident sends two photographs along with a report; a worker looks at them, lets everyone see one and deletes the other.
import { enterAs, expect, test } from "./lilong.ts";

test("photographs go with a report, and everyone sees the one that a worker has cleared", async ({
  firstPage: page,
  language,
  t,
  like,
  looksRight,
}) => {
  // Any picture will do: that of this page, as both kinds of file.
  const files = [
    { name: "IMG_0001.jpg", mimeType: "image/jpeg", buffer: await page.screenshot({ type: "jpeg" }) },
    { name: "IMG_0002.png", mimeType: "image/png", buffer: await page.screenshot() },
  ];
  await enterAs(page, "community-worker", language);
  await page.goto("/desk/matters/new");
  const community = await page.getByRole("main").getByRole("listitem").first().getByRole("link").getAttribute("href");
  const code = new URL(community ?? "", page.url()).searchParams.get("community") ?? "";

  await page.goto(`/matters/new?community=${code}&building=&place=&category=property-lift`);
  await page.getByLabel(t("matters-words"), { exact: true }).fill("轿厢的门夹坏了。");
  await page.getByLabel(t("matters-anonymous")).check();
  const photos = page.getByLabel(t("matters-photos"));
  await photos.setInputFiles({ name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
  await page.getByRole("button", { name: t("matters-send") }).click();
  await expect(page.getByRole("alert")).toContainText("notes.jpg");
  await expect(page.getByLabel(t("matters-words"), { exact: true })).toHaveValue("轿厢的门夹坏了。");
  await looksRight("photos-refused");
  await photos.setInputFiles(files);
  await page.getByRole("button", { name: t("matters-send") }).click();
  await expect(page.getByRole("status")).toContainText(t("matters-receipt-keep"));
  const pictures = page.getByRole("main").getByRole("img", { name: like("matters-photo-alt", { count: "2" }) });
  await expect(pictures).toHaveCount(2);
  await looksRight("photos-own");
  const matter = new URL(page.url()).pathname.split("/")[2] ?? "";

  await page.goto(`/matters/${matter}`);
  await expect(page.getByRole("main").getByRole("img", { name: like("matters-photo-alt") })).toHaveCount(0);
  await page.goto(`/desk/matters/${matter}`);
  await expect(pictures).toHaveCount(2);
  await looksRight("desk-photos");
  await page.getByRole("checkbox", { name: t("matters-photo-clear") }).first().check();
  await page.getByRole("button", { name: t("matters-photos-clear-do") }).click();
  await expect(page.getByRole("checkbox", { name: t("matters-photo-clear") }).first()).toBeChecked();
  // What is public cannot be deleted as it stands: there is one button for the other.
  await page.getByText(t("matters-photo-remove"), { exact: true }).click();
  await page.getByRole("button", { name: t("matters-photo-remove-do") }).click();
  await expect(page.getByRole("main").getByRole("img", { name: like("matters-photo-alt") })).toHaveCount(1);

  await page.goto(`/matters/${matter}`);
  const cleared = page.getByRole("main").getByRole("img", { name: like("matters-photo-alt") });
  await expect(cleared).toHaveCount(1);
  const seen = await page.request.get((await cleared.getAttribute("src")) ?? "");
  expect([seen.status(), seen.headers()["content-type"]]).toEqual([200, "image/jpeg"]);
  await looksRight("photos-public");
});
