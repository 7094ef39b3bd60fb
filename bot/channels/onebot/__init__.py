"""QQ over OneBot v11: NapCat, Lagrange, go-cqhttp and others, by reverse or forward WebSocket."""
