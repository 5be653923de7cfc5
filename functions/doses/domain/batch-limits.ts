/** Remarks about a file itself that are kept and answered. */
export const maxRemarks = 20;
/** Batches of a file that are answered each under its own BHS; the answers of further ones stand under the last of these. */
export const maxBatches = 200;
/**
 * A file whose messages are shorter than this in the mean is read no further: each message costs an object, a place in a queue and an answer,
 * however short it is. The shortest report or question that can be taken has some 150 characters.
 */
export const shortestMeanChars = 100;
