/** Requests of a run when nothing says how many. */
export const usualRequests = 2000;
