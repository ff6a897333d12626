/* What the pages ask of the analysis. */

import { request } from "../api.js";

const BASE = "/api/v1/analysis";
const id = encodeURIComponent;

export const readRun = (run) => request("GET", `${BASE}/runs/${id(run)}`);
export const rerun = (run) => request("POST", `${BASE}/runs/${id(run)}/rerun`);
export const readSessionRuns = (session, offset = 0) =>
  request("GET", `${BASE}/sessions/${id(session)}?offset=${offset}&limit=50`);
export const compareRuns = (one, other) =>
  request("GET", `${BASE}/compare?run=${id(one)}&run=${id(other)}`);
