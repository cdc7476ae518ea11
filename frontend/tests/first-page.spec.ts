import { axeClean, expect, fitsTheWidth, screenshot, test } from "./lilong.ts";

test("the first page is whole, in every face", async ({ firstPage: page, language, javaScriptEnabled }) => {
  await expect(page.locator("html")).toHaveAttribute("lang", language === "zh" ? /^zh/ : /^en/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await fitsTheWidth(page);
  await screenshot(page, "first-page");
  // axe is a script; the page without JavaScript is the same page.
  if (javaScriptEnabled !== false) await axeClean(page);
});
