using System.Buffers;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// The buffers that the update of one trie works with. A block changes a dozen tries by a few leaves each, and making these anew costs more
/// than such an update; so there are some for each thread, without a lock.
/// </summary>
internal sealed class TrieTools
{
    // Updates of one thread lie in each other no deeper than this.
    private const int KeptMax = 4;

    [ThreadStatic]
    private static Stack<TrieTools>? _kept;

    public TrieHashing Hashing { get; } = new();

    public PageWriter Writer { get; } = new();

    public ArrayBufferWriter<byte> Scratch { get; } = new(256);

    public TrieBranch Old { get; } = new();

    /// <summary>A branch of one child, which stands above a trie's root.</summary>
    public TrieBranch Holder { get; } = new();

    public RlpWriter Node { get; } = new();

    public static TrieTools Take() => _kept is { } kept && kept.TryPop(out TrieTools? tools) ? tools : new TrieTools();

    /// <summary>Gives tools back that nobody uses any more. Those of an update that failed are not given back.</summary>
    public static void Return(TrieTools tools)
    {
        Array.Clear(tools.Holder.Children);
        Array.Clear(tools.Old.Children);
        Stack<TrieTools> kept = _kept ??= new Stack<TrieTools>(KeptMax);
        if (kept.Count < KeptMax)
        {
            kept.Push(tools);
        }
    }
}
