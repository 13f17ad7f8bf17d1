using System.Globalization;
using System.Numerics;
using DePinChain.Primitives;

namespace DePinChain.Simulation;

/// <summary>Everything that happened, as one running hash, and the last of it as text.</summary>
internal sealed class Trace(VirtualTime time, Action<string>? listener)
{
    private const int TailLength = 120;

    private readonly Entry[] _tail = new Entry[TailLength];
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);

    /// <summary>Notes made so far.</summary>
    public long Steps { get; private set; }

    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    /// <summary>What was inflicted, by name.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    /// <summary>Notes one thing.</summary>
    /// <param name="what">A fixed word or two.</param>
    /// <param name="from">The machine it comes from, or -1.</param>
    /// <param name="to">The machine it goes to, or -1.</param>
    /// <param name="detail">Mixed into the hash by <paramref name="digest"/>, and shown by its own text.</param>
    /// <param name="digest">What of the detail is hashed.</param>
    public void Note(string what, int from, int to, object? detail, ulong digest)
    {
        Mix((ulong)time.ElapsedMs);
        Mix(((ulong)what[0] << 32) | ((ulong)(from + 1) << 16) | (uint)(to + 1));
        Mix(digest);
        _tail[Steps % TailLength] = new Entry(time.ElapsedMs, what, from, to, detail);
        Steps++;
        listener?.Invoke(_tail[(Steps - 1) % TailLength].ToString());
    }

    /// <summary>Notes a fault that was inflicted.</summary>
    public void Inflict(string fault, int machine, string detail = "")
    {
        _faults[fault] = _faults.GetValueOrDefault(fault) + 1;
        Note(fault, machine, -1, detail, TextDigest(detail));
    }

    /// <summary>The last notes, oldest first.</summary>
    public IReadOnlyList<string> Tail()
    {
        List<string> lines = [];
        for (long step = Math.Max(0, Steps - TailLength); step < Steps; step++) lines.Add(_tail[step % TailLength].ToString());
        return lines;
    }

    public static ulong DigestOf(in Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.CopyTo(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    public static ulong TextDigest(string text)
    {
        ulong digest = 0;
        foreach (char letter in text) digest = unchecked((digest * 31) + letter);
        return digest;
    }

    private void Mix(ulong value) => Hash = unchecked(BitOperations.RotateLeft((Hash ^ value) * 0x9E3779B97F4A7C15, 29));

    private readonly record struct Entry(long Ms, string What, int From, int To, object? Detail)
    {
        public override string ToString()
        {
            string who = From < 0 ? "" : To < 0 ? $"v{From}" : $"v{From} → v{To}";
            return string.Create(CultureInfo.InvariantCulture, $"{Ms,9} ms  {who,-8} {What,-12} {Detail}");
        }
    }
}
