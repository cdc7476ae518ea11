// The one browser of the tests and of the screenshots: the system's own Chromium. No browser is downloaded.

/** Where Chromium is; `cargo xtask test` finds it and says so in LILONG_CHROMIUM. */
export const executablePath = process.env["LILONG_CHROMIUM"] ?? "/usr/bin/chromium";

/** Quiet and closed: no sandbox (the tests may run as root), no GPU, no traffic of the browser's own. */
export const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The two widths that every page is looked at in. */
export const viewports = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
};
