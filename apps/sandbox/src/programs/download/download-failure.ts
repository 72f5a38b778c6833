/** Why something was not downloaded, for the person who waits for it. */
export class DownloadFailure extends Error {}
