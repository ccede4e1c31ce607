"""The synthetic nation: made-up evidence about made-up channels whose true quality is known."""
