// What the server is asked.

/** An answer that is no success; `status` 0 where there was no answer at all. */
export class Problem extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** JSON from /api; aborted by `signal`, then it throws an AbortError. */
export async function ask(path, params = {}, signal = undefined) {
  const query = new URLSearchParams(params).toString();
  let response;
  try {
    response = await fetch(`/api/${path}${query ? `?${query}` : ""}`, { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "kotovec does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer.error || `the server said ${response.status}`);
  return answer;
}
