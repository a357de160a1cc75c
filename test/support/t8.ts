/** T8: the smallest data set with a closed form, intercept −ln 3, coefficient 2·ln 3. */
export const t8 = 'x,y\n0,0\n0,0\n0,0\n0,1\n1,0\n1,1\n1,1\n1,1\n';
export const t8Labels = [0, 0, 0, 1, 0, 1, 1, 1];
export const t8X = [0, 0, 0, 0, 1, 1, 1, 1];
