// Enhances pages that work without it. Everything here listens on the document, so parts that arrive later work too.
import { startBranches } from './branch.js';
import { startComposers } from './loader.js';
import { startContents } from './contents.js';
import { startForms } from './forms.js';
import { startKeys } from './keys.js';
import { startLater } from './later.js';
import { startMenus } from './menus.js';
import { startPermalinks } from './permalink.js';
import { startQuotes } from './quote.js';
import { startReading } from './read.js';
import { startReplies } from './reply.js';
import { startScrollers } from './scrollers.js';
import { startSearch } from './search.js';
import { startVotes } from './votes.js';

for (const start of [startForms, startMenus, startComposers, startVotes, startReplies, startBranches, startPermalinks, startQuotes, startReading, startScrollers, startLater, startSearch, startContents, startKeys]) start();

// Firefox before 134 counts <use href="file.svg"> as default-src, which our policy closes: there the sprite goes into the page.
const firefox = /Firefox\/(\d+)/.exec(navigator.userAgent);
if (firefox && Number(firefox[1]) < 134) import('./inline-icons.js').then(({ inlineIcons }) => inlineIcons());
