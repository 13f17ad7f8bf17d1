using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Gpu.Cpu;

/// <summary>SHA-256 of many messages in one width: lanes hold messages of the same number of blocks side by side.</summary>
internal static class LaneHasher
{
    // From here on filling up a batch of lanes costs less than hashing one by one.
    private const int LanesWorthwhile = 3;

    /// <summary>Messages that one batch holds.</summary>
    internal static int LanesOf(CpuWidth width) => width switch
    {
        CpuWidth.Bits512 => Sha256Lanes16.Lanes,
        CpuWidth.Bits256 => Sha256Lanes8.Lanes,
        _ => 1,
    };

    /// <summary>The parents of pairs of nodes.</summary>
    [SkipLocalsInit]
    internal static void HashPairs(CpuWidth width, ReadOnlySpan<byte> pairs, Span<byte> parents, byte mask)
    {
        int count = pairs.Length / Sha256Pairs.MessageSize;
        int lanes = LanesOf(width);
        int done = 0;
        if (lanes > 1)
        {
            for (; done + lanes <= count; done += lanes)
                HashBatch(width, pairs[(done * Sha256Pairs.MessageSize)..], parents[(done * Sha256Scalar.DigestSize)..], mask);
            if (count - done >= LanesWorthwhile)
            {
                Span<byte> input = stackalloc byte[Sha256Lanes16.Lanes * Sha256Pairs.MessageSize];
                Span<byte> output = stackalloc byte[Sha256Lanes16.Lanes * Sha256Scalar.DigestSize];
                ReadOnlySpan<byte> rest = pairs[(done * Sha256Pairs.MessageSize)..];
                rest.CopyTo(input);
                input[rest.Length..].Clear();
                HashBatch(width, input, output, mask);
                output[..((count - done) * Sha256Scalar.DigestSize)].CopyTo(parents[(done * Sha256Scalar.DigestSize)..]);
                done = count;
            }
        }

        for (; done < count; done++)
        {
            Span<byte> parent = parents.Slice(done * Sha256Scalar.DigestSize, Sha256Scalar.DigestSize);
            Sha256Scalar.Hash(pairs.Slice(done * Sha256Pairs.MessageSize, Sha256Pairs.MessageSize), parent);
            parent[^1] &= mask;
        }
    }

    /// <summary>Messages of equal size, one behind the other.</summary>
    internal static void HashFixed(CpuWidth width, ReadOnlySpan<byte> messages, int size, Span<byte> digests)
    {
        int count = digests.Length / Sha256Scalar.DigestSize;
        int lanes = LanesOf(width);
        Span<int> starts = stackalloc int[Sha256Lanes16.Lanes];
        Span<int> sizes = stackalloc int[Sha256Lanes16.Lanes];
        Span<int> places = stackalloc int[Sha256Lanes16.Lanes];
        sizes.Fill(size);
        for (int first = 0; first < count; first += lanes)
        {
            int part = Math.Min(lanes, count - first);
            for (int lane = 0; lane < part; lane++) (starts[lane], places[lane]) = ((first + lane) * size, first + lane);
            HashLanes(width, messages, starts[..part], sizes[..part], places[..part], digests);
        }
    }

    /// <summary>Hashes one batch of messages with the same number of blocks.</summary>
    /// <param name="width">The width.</param>
    /// <param name="messages">Where they lie.</param>
    /// <param name="starts">Where each begins.</param>
    /// <param name="sizes">Its size.</param>
    /// <param name="places">Its digest's place.</param>
    /// <param name="digests">All digests.</param>
    internal static void HashLanes(
        CpuWidth width, ReadOnlySpan<byte> messages, ReadOnlySpan<int> starts, ReadOnlySpan<int> sizes, ReadOnlySpan<int> places,
        Span<byte> digests)
    {
        if (width == CpuWidth.Scalar || starts.Length < LanesWorthwhile)
        {
            for (int lane = 0; lane < starts.Length; lane++)
            {
                Sha256Scalar.Hash(
                    messages.Slice(starts[lane], sizes[lane]),
                    digests.Slice(places[lane] * Sha256Scalar.DigestSize, Sha256Scalar.DigestSize));
            }

            return;
        }

        Span<byte> output = stackalloc byte[Sha256Lanes16.Lanes * Sha256Scalar.DigestSize];
        if (width == CpuWidth.Bits512) Run16(messages, starts, sizes, output);
        else Run8(messages, starts, sizes, output);
        for (int lane = 0; lane < starts.Length; lane++)
        {
            output.Slice(lane * Sha256Scalar.DigestSize, Sha256Scalar.DigestSize)
                .CopyTo(digests[(places[lane] * Sha256Scalar.DigestSize)..]);
        }
    }

    /// <summary>Blocks of a message with its padding.</summary>
    internal static int BlocksOf(int size) => ((size + 8) / Sha256Scalar.BlockSize) + 1;

    private static void HashBatch(CpuWidth width, ReadOnlySpan<byte> pairs, Span<byte> parents, byte mask)
    {
        if (width == CpuWidth.Bits512) Sha256Pairs.Hash16(pairs, parents, mask);
        else Sha256Pairs.Hash8(pairs, parents, mask);
    }

    [SkipLocalsInit]
    private static void Run16(ReadOnlySpan<byte> messages, ReadOnlySpan<int> starts, ReadOnlySpan<int> sizes, Span<byte> output)
    {
        Span<byte> stage = stackalloc byte[Sha256Lanes16.Lanes * Sha256Scalar.BlockSize];
        Span<Vector512<uint>> block = stackalloc Vector512<uint>[16];
        Span<Vector512<uint>> state = stackalloc Vector512<uint>[8];
        for (int word = 0; word < 8; word++) state[word] = Vector512.Create(Sha256Scalar.Initial[word]);
        stage.Clear();
        int blocks = BlocksOf(sizes[0]);
        for (int number = 0; number < blocks; number++)
        {
            Stage(messages, starts, sizes, number, stage);
            Sha256Pairs.Load16(stage, block);
            Sha256Lanes16.Compress(state, block);
        }

        Sha256Pairs.Store16(state, output);
    }

    [SkipLocalsInit]
    private static void Run8(ReadOnlySpan<byte> messages, ReadOnlySpan<int> starts, ReadOnlySpan<int> sizes, Span<byte> output)
    {
        Span<byte> stage = stackalloc byte[Sha256Lanes8.Lanes * Sha256Scalar.BlockSize];
        Span<Vector256<uint>> block = stackalloc Vector256<uint>[16];
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[8];
        for (int word = 0; word < 8; word++) state[word] = Vector256.Create(Sha256Scalar.Initial[word]);
        stage.Clear();
        int blocks = BlocksOf(sizes[0]);
        for (int number = 0; number < blocks; number++)
        {
            Stage(messages, starts, sizes, number, stage);
            Sha256Pairs.Load8(stage, block);
            Sha256Lanes8.Compress(state, block);
        }

        Sha256Pairs.Store8(state, output);
    }

    // One block of every lane, one behind the other.
    private static void Stage(
        ReadOnlySpan<byte> messages, ReadOnlySpan<int> starts, ReadOnlySpan<int> sizes, int number, Span<byte> stage)
    {
        Span<byte> tail = stackalloc byte[2 * Sha256Scalar.BlockSize];
        for (int lane = 0; lane < starts.Length; lane++)
        {
            Span<byte> to = stage.Slice(lane * Sha256Scalar.BlockSize, Sha256Scalar.BlockSize);
            int whole = sizes[lane] / Sha256Scalar.BlockSize;
            if (number < whole)
            {
                messages.Slice(starts[lane] + (number * Sha256Scalar.BlockSize), Sha256Scalar.BlockSize).CopyTo(to);
                continue;
            }

            int done = whole * Sha256Scalar.BlockSize;
            Sha256Scalar.PadTail(messages.Slice(starts[lane] + done, sizes[lane] - done), sizes[lane], tail);
            tail.Slice((number - whole) * Sha256Scalar.BlockSize, Sha256Scalar.BlockSize).CopyTo(to);
        }
    }
}
