// The words a person reads and clicks, in both languages. Journeys follow these and nothing else: no typed
// address, no selector by class. When a page changes its words, they change here.

export type Language = "zh" | "en";
export type Role = "districtOfficer";

const zh = {
  care: "关怀版",
  standardVersion: "标准版",
  enterAs: { districtOfficer: "以区级干部身份进入" } satisfies Record<Role, string>,
};

const en: typeof zh = {
  care: "Care version",
  standardVersion: "Standard version",
  enterAs: { districtOfficer: "Enter as district officer" },
};

export const words: Record<Language, typeof zh> = { zh, en };
