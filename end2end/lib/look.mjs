// Looking at a page: accessibility by axe, a picture, and whether anything sticks out on the side.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { shots } from './env.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** After everything that comes in has come in: a sheet that still rises is half transparent, and axe would measure that. What never ends (a spinner) is not waited for. */
export function stands(page) {
  return page.evaluate(() => Promise.allSettled(document.getAnimations()
    .filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime))
    .map((animation) => animation.finished)).then(() => null));
}

/** What axe finds, one line a fault. Runs in a world of its own, so that the page's policy stays as it is. */
export async function axe(page) {
  await stands(page);
  await page.evaluate(axeSource); // by the debugger, which no policy of the page stops
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    resultTypes: ['violations'],
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  }));
  // A bar that stays at the bottom covers part of what is scrolled under it; how large targets are is measured by `tooSmall`.
  const underBar = (id, node) => id === 'target-size' && node.any.some((one) => /obscured/.test(one.message));
  return violations.flatMap(({ id, help, nodes }) => nodes.filter((node) => !underBar(id, node)).map((node) => `${id} (${help}): ${node.target.join(' ')} — ${node.any.concat(node.all, node.none).map((one) => one.message).join('; ')}`));
}

/** Elements that make the page wider than its window. */
export function tooWide(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className} to ${Math.round(element.getBoundingClientRect().right)} of ${width}`)
      .concat(`page ${document.documentElement.scrollWidth} of ${width}`);
  });
}

/** Controls smaller than a finger: less than 44 px one way (48 is the aim, 44 the floor that links in rows may have). */
export function tooSmall(page, floor = 44) {
  return page.evaluate((least) => [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea')]
    .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .map((element) => ({ element, box: (element.closest('label') ?? element).getBoundingClientRect() }))
    .filter(({ element, box }) => box.width > 1 && box.height > 1 && box.height < least && !element.closest('p, .visually-hidden, .skip'))
    .map(({ element, box }) => `${element.outerHTML.slice(0, 90)} is ${Math.round(box.width)}×${Math.round(box.height)}`), floor);
}

export async function shot(page, name) {
  mkdirSync(shots, { recursive: true });
  const size = page.viewportSize();
  await page.screenshot({ path: join(shots, `${name}-${size.width}x${size.height}.png`), fullPage: false, animations: 'disabled' });
}

/** Pictures in both themes and in the largest text, and what axe and a finger find; leaves the page light, with text of the usual size. */
export async function lookInAll(page, name) {
  for (const [how, colorScheme, text] of [['sang', 'light', null], ['toi', 'dark', null], ['chu-to', 'light', 'aplusplus']]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate((size) => {
      if (size) document.documentElement.dataset.text = size;
      else delete document.documentElement.dataset.text;
    }, text);
    await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)));
    assert.deepEqual(await axe(page), [], `${name} ${how}`);
    assert.deepEqual(await tooWide(page), [], `${name} ${how}`);
    await shot(page, `${name}-${how}`);
  }
  assert.deepEqual(await tooSmall(page), [], `${name} A++`);
  await page.evaluate(() => { delete document.documentElement.dataset.text; });
  assert.deepEqual(await tooSmall(page), [], name);
}
