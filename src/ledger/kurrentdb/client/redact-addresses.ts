/** `host:port`, also in the form of a URL; a host after the code of a lookup; an absolute path. */
const ADDRESSES =
  /(?:[\w+.-]+:\/\/\S+)|(?:\[[\da-f:.]+\]|(?:[\da-f]*:){2,}[\da-f]*|[\w-]+(?:\.[\w-]+)*):\d{2,5}(?!\d)|(?<=\b(?:ENOTFOUND|EAI_AGAIN)\s+)[\w.-]+|(?<=^|[\s'"(])\/[\w.-]+(?:\/[\w.-]+)*/giu;

/** The reason of a failure as anybody may read it: without addresses of servers and paths of files, which logs have. */
export const redactAddresses = (reason: string): string => reason.replace(ADDRESSES, '[address]');
