alter function f(mood) rename to g;
