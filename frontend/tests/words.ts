// The words a person reads and clicks, in both languages. Journeys follow these and nothing else: no typed
// address, no selector by class. When a page changes its words, they change here.

export type Language = "zh" | "en";
export type Role = "districtOfficer";

const zh = {
  care: "关怀版",
  standardVersion: "标准版",
  enterAs: { districtOfficer: "以区级干部身份进入" } satisfies Record<Role, string>,
  handbook: {
    room: "工作手册",
    changeTo: "单独设站的户数线，改成",
    tryIt: "看全区会怎样 单独设站的户数线",
    moved: /个社区中，\d+ 个会变/,
    communities: "哪些社区会变，为什么",
    version: "草案的版本号",
    save: "保存草案",
    draft: "草案",
    from: "从哪一天起执行",
    check: "下一步：核对",
    adopt: "采用",
    notNow: "先不采用",
    compare: "对比两个版本",
    differences: "有哪些不同",
    why: "为什么：逐条对照",
    difficulty: /^治理难度 /,
    because: "超过 800 户",
    notOver: "没有超过 1,000 户",
    notOfficial: "依据公开报道整理，非官方文本",
    numberRange: /应在 100 与 5,000 之间/,
  },
};

const en: typeof zh = {
  care: "Care version",
  standardVersion: "Standard version",
  enterAs: { districtOfficer: "Enter as district officer" },
  handbook: {
    room: "Handbook",
    changeTo: "Households above which a community gets a station of its own: change to",
    tryIt: "See what it moves Households above which a community gets a station of its own",
    moved: /communities in the district, \d+ change/,
    communities: "Which communities change, and why",
    version: "Number of the draft",
    save: "Save the draft",
    draft: "Draft",
    from: "In force from",
    check: "Next: check",
    adopt: "Adopt",
    notNow: "Not now",
    compare: "Compare two versions",
    differences: "What differs",
    why: "Why: clause by clause",
    difficulty: /^Difficulty /,
    because: "over 800 households",
    notOver: "not over 1,000 households",
    notOfficial: "Compiled from public reports; not the official text",
    numberRange: /must lie between 100 and 5,000/,
  },
};

export const words: Record<Language, typeof zh> = { zh, en };
