// Every room behind every door, once, as the first role sees it that has it: where `rooms.spec.ts` does not look for every role.
import { leaves } from "./account.ts";
import { enterAs, test } from "./lilong.ts";
import { DOORS, ROLES, behind, named } from "./rooms.ts";

test("every room is whole", async ({ firstPage: page, language, t, looksRight }) => {
  // Some sixty pages, each looked at.
  test.setTimeout(600_000);
  const seen = new Set<string>();
  for (const role of ROLES) {
    await page.goto("/");
    await enterAs(page, role, language);
    for (const door of DOORS) {
      for (const href of (await behind(page, t, door)).filter((href) => !seen.has(href))) {
        seen.add(href);
        await page.goto(href);
        await looksRight(named(role, href));
      }
    }
    await leaves(page, t);
  }
});
