import { hash } from 'node:crypto';

/** The icon of all pages: an open book with one ruled line marked. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="3" y="4" width="26" height="24" rx="3" fill="#7a1f2b"/><path d="M9 11h14M9 16h14M9 21h9" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/></svg>
`;

/** Another icon has another address, so that the answer never changes. */
export const ICON_PATH = `/assets/${hash('sha256', ICON, 'hex').slice(0, 16)}/icon.svg`;
