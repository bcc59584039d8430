/** The least characters of a password, as the hub asks for them. */
export const SHORTEST = 12;
