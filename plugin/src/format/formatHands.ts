/** "1 needs a hand", "4 need a hand". */
export const formatHands = (count: number): string => `${count} ${count === 1 ? 'needs' : 'need'} a hand`;
