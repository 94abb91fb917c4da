// What a person does with VS Code's window, as functions on its page.
import { join } from 'node:path';

/** The colour themes of the screenshots, by the names of the picker. */
export const themes = { dark: 'Dark Modern', light: 'Light Modern', 'high-contrast': 'Dark High Contrast' };

const patience = 30_000;

/** How long one attempt takes before it is made again: short beside the patience, long beside what a busy machine needs. */
export const attempt = 5000;

export function createWorkbench(page, editor) {
  /**
   * Writes into the palette and takes the row that starts with `label`. A focus that is still on its way to a webview closes the palette
   * again, before or after the text is written: it is opened once more.
   */
  const choose = (text, label) =>
    until(`the palette with ${label}`, async () => {
      await page.keyboard.press('F1');
      return done(async () => {
        await page.locator('.quick-input-widget input').first().fill(text, { timeout: attempt });
        await page.locator(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`).first().click({ timeout: attempt });
      });
    });

  const self = {
    /** The address that opens the folder with one file; without one, the window is as it was left. */
    address(file) {
      const folder = `${editor.url}/?folder=${encodeURIComponent(editor.folder)}`;
      if (file === undefined) return folder;
      return `${folder}&payload=${encodeURIComponent(JSON.stringify([['openFile', editor.remote(join(editor.folder, file))]]))}`;
    },

    tab: (name) => page.locator('.tab', { hasText: name }),

    squiggle: (severity) => page.locator(`.squiggly-${severity}`).first(),

    /** Runs a command of the palette by the beginning of its title. */
    command: (title) => choose(`>${title}`, title),

    /** Opens a file of the folder through the explorer and waits for its tab. */
    async openFile(path) {
      const [name, ...folders] = path.split('/').reverse();
      const row = (label) => page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${label}"]`);
      for (const folder of folders.reverse()) {
        const isOpen = async () => (await row(folder).getAttribute('aria-expanded')) === 'true';
        await actUntil(`the folder ${folder}`, () => row(folder).click({ timeout: attempt }), isOpen);
      }
      await actUntil(
        `${name} in a tab`,
        () => row(name).dblclick({ timeout: attempt }),
        isThere(page.locator('.tab.active', { hasText: name })),
      );
    },

    /** Chooses from the menu of a file in the explorer. The menu goes when the explorer is drawn anew. */
    async contextMenu(file, title) {
      const row = page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${file}"]`);
      await until(`${title} in the menu of ${file}`, () =>
        done(async () => {
          await row.click({ button: 'right', timeout: attempt });
          await page.locator('.monaco-menu .action-item', { hasText: title }).first().click({ timeout: attempt });
        }),
      );
    },

    /** Shows or hides the side bar. */
    async sideBar(shown) {
      const bar = page.locator('.part.sidebar');
      await actUntil(
        `the side bar ${shown ? 'back' : 'away'}`,
        () => page.keyboard.press('Control+B'),
        async () => (await bar.isVisible()) === shown,
      );
    },

    /** The table that a hover over a word shows, or a text of it. The card comes for a pointer that moves and rests; one that is too early gets none. */
    async hoverOver(word, card, offset) {
      const over = async () => {
        await page.mouse.move(5, 500);
        const box = await word.boundingBox({ timeout: attempt });
        await page.mouse.move(box.x + (offset ?? box.width / 2), box.y + box.height / 2, { steps: 5 });
      };
      await actUntil('the hover card', over, isThere(card));
    },

    /** Opens a file of the folder by its name, whether or not the explorer is in sight. */
    async quickOpen(name) {
      await choose(name, name);
      await page.locator('.tab.active', { hasText: name }).waitFor({ timeout: patience });
    },

    /** Puts the cursor into the text of the editor that shows `text`. */
    async clickText(text) {
      await page.locator('.view-line', { hasText: text }).first().click({ timeout: patience });
    },

    /** Whether a line of the text shows this; Monaco writes spaces that do not break. */
    async hasLine(text) {
      const lines = await page.locator('.view-line').allTextContents();
      return lines.some((line) => line.replaceAll('\u00a0', ' ').includes(text));
    },

    /** Replaces a value in the line that starts with `before`, as typing would: select to the end of the line, write. */
    async retype(before, after) {
      const write = async () => {
        await page.locator('.view-line', { hasText: before }).first().click({ timeout: attempt });
        await page.keyboard.press('Home');
        await page.keyboard.press('Shift+End');
        await page.keyboard.type(after);
      };
      const isWritten = async () => (await self.hasLine(after)) && !(before.startsWith(after) && (await self.hasLine(before)));
      await actUntil(`"${after}" in place of "${before}"`, write, isWritten);
    },

    /** Switches the colour theme and waits until the window shows it. */
    async theme(kind) {
      await until('the picker of themes', async () => {
        await self.command('Preferences: Color Theme');
        const input = page.locator('.quick-input-widget input[placeholder*="Color Theme"]').first();
        const focused = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: themes[kind] });
        return done(async () => {
          await input.fill(themes[kind], { timeout: attempt });
          await focused.waitFor({ timeout: attempt });
          await input.press('Enter', { timeout: attempt });
        });
      });
      const mark = { dark: '.vs-dark', light: '.vs', 'high-contrast': '.hc-black' }[kind];
      await page.locator(`.monaco-workbench${mark}`).waitFor({ timeout: patience });
    },

    /** The document inside the one webview that is open: it is two frames deep. */
    webview: () => page.frameLocator('iframe.webview').frameLocator('iframe#active-frame'),

    /**
     * What the window would restore of its editors, without the backslashes of JSON in JSON. VS Code for the web writes it every few seconds
     * in which nothing else is to be done: a window that is left before comes back as it was then.
     */
    storedEditors: async () => (await page.evaluate(readStoredEditors)).replaceAll('\\', ''),

    /** What the window and its frames show, as text: for a log that nobody can look behind. */
    async shown() {
      const texts = page.frames().map(async (frame) => {
        const text = await Promise.race([frame.evaluate(() => document.body?.innerText ?? ''), later(5000)]).catch(
          ({ message }) => message,
        );
        return `  ${frame.url().slice(0, 120)}\n    ${plain(text).slice(0, 1500) || '(no text)'}`;
      });
      return `the window showed\n${(await Promise.all(texts)).join('\n')}`;
    },

    async closeNotifications() {
      await self.command('Notifications: Clear All Notifications');
    },
  };
  return self;
}

/** Whether an element is in sight. */
export const isThere = (locator) => () => locator.first().isVisible();

/**
 * Does something until its effect shows. A key or a click that comes while the focus is on its way to a webview goes nowhere, so it is the deed
 * that is repeated, and only while nothing has come of it.
 */
export function actUntil(what, act, shows) {
  return until(what, async () => {
    if (await shows()) return true;
    await done(act);
    const deadline = Date.now() + attempt;
    while (Date.now() < deadline) {
      if (await shows()) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  });
}

/** Another view of the panel: by its tab, or from the list that stands in a narrow column. */
export async function chooseView(panel, id) {
  const tab = panel.locator(`#tab-${id}`);
  const chosen = async () => (await tab.getAttribute('aria-selected')) === 'true';
  const choose = async () => {
    if (await tab.isVisible()) await tab.click({ timeout: attempt });
    else await panel.locator('.view-list').selectOption(id, { timeout: attempt });
  };
  await actUntil(`the view ${id}`, choose, chosen);
}

/** The settings to try, unfolded or folded. */
export async function foldSettings(panel, open) {
  const fold = panel.locator('button.fold');
  const is = async () => (await fold.getAttribute('aria-expanded')) === String(open);
  await actUntil(`the settings ${open ? 'unfolded' : 'folded'}`, () => fold.click({ timeout: attempt }), is);
}

/** Whether an attempt worked; one that did not is made again by whoever asks. */
const done = (act) =>
  act().then(
    () => true,
    () => false,
  );

const plain = (text) => text.replace(/\s+/g, ' ').trim();

const later = (milliseconds) => new Promise((resolve) => setTimeout(() => resolve('(no answer)'), milliseconds));

/** Runs in the page: the state of the editors, of every workspace that was open in this browser. */
async function readStoredEditors() {
  const answered = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const names = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith('vscode-web-state-db-'));
  const states = names.map(async (name) => {
    const database = await answered(indexedDB.open(name));
    try {
      if (!database.objectStoreNames.contains('ItemTable')) return '';
      return await answered(database.transaction('ItemTable').objectStore('ItemTable').get('memento/workbench.parts.editor'));
    } finally {
      database.close();
    }
  });
  return (await Promise.all(states)).join('\n');
}

/** Waits until a condition on the page holds; the limit only ends a test that would hang. */
export async function until(what, look) {
  const deadline = Date.now() + patience;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
