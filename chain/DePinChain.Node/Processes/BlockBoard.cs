namespace DePinChain.Node.Processes;

/// <summary>Shows each block of the network once, as the first node saw it, or another where the first one is away.</summary>
internal sealed class BlockBoard(ConsoleReport console, NodeProcess first)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, BlockLine> _waiting = [];
    private readonly List<Action> _held = [];
    private ulong _shown;
    private bool _isOpen;

    /// <summary>Begins to show things; what came before is shown now.</summary>
    public void Open(Action banner)
    {
        lock (_gate)
        {
            _isOpen = true;
            banner();
            foreach (Action line in _held) line();
            _held.Clear();
        }
    }

    public void Say(string node, string text) => Show(() => console.Say(node, text));

    public void Take(NodeProcess node, BlockLine line)
    {
        lock (_gate)
        {
            if (line.Height <= _shown) return;
            if (node == first || !_waiting.ContainsKey(line.Height)) _waiting[line.Height] = line;

            // When somebody is a block further, nobody waits for the first node any more.
            ulong due = node == first ? line.Height : line.Height - 1;
            while (_waiting.Count > 0 && _waiting.First() is var (height, next) && height <= due)
            {
                _waiting.Remove(height);
                _shown = height;
                Show(() => console.Block(next));
            }
        }
    }

    private void Show(Action line)
    {
        lock (_gate)
        {
            if (_isOpen) line();
            else _held.Add(line);
        }
    }
}
