module.exports = class UPlot {
  static paths = { spline: () => null, linear: () => null, stepped: () => null, bars: () => null };
};
