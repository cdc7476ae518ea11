// Every room behind every door, for every role: whole, within the width, clean. And the desk of each.
import { enterAs, test } from "./lilong.ts";
import { DOORS, ROLES, behind, named } from "./rooms.ts";

for (const role of ROLES) {
  test(`every room of a ${role} is whole`, async ({ firstPage: page, language, t, looksRight }) => {
    // Up to thirty pages, each looked at.
    test.setTimeout(300_000);
    await enterAs(page, role, language);
    for (const door of DOORS) {
      for (const href of await behind(page, t, door)) {
        await page.goto(href);
        await looksRight(named(role, href));
      }
    }
  });
}
