/** How large a page may be in bytes: it ends before the item that would exceed this, unless it is the only one. */
export const PAGE_BYTES_MAX = 1024 * 1024;
