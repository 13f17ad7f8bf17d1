using System.Globalization;
using DePinChain.Engine;

namespace DePinChain.Node;

/// <summary>Reads a command's arguments one by one; whatever is wrong is one sentence and the usage.</summary>
internal sealed class ArgumentReader(IEnumerable<string> arguments, string usage)
{
    private readonly Queue<string> _rest = new(arguments);

    /// <summary>The next option's name; false when all are read.</summary>
    public bool TryNext(out string name)
    {
        bool isThere = _rest.TryDequeue(out string? next);
        name = next ?? "";
        return isThere;
    }

    public string Value(string name) =>
        _rest.TryDequeue(out string? value) && value.Length > 0 ? value : throw Wrong($"{name} needs a value");

    public ulong Number(string name, ulong least, ulong most)
    {
        string text = Value(name);
        bool isRead = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        return isRead && number >= least && number <= most ? number : throw Wrong($"{name} {text} is not a number from {least} to {most}");
    }

    public int Port(string name) => (int)Number(name, 0, ushort.MaxValue);

    /// <summary>A block time: how the network's blocks are paced.</summary>
    public Pace Pace(string name)
    {
        string text = Value(name);
        if (text == "instant") return new Pace(PacingMode.Instant, null);
        if (text == "manual") return new Pace(PacingMode.Manual, null);
        bool isRead = text.EndsWith('s')
            & decimal.TryParse(text.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds);
        if (!isRead || seconds < 0.001m || seconds > 3600m || seconds * 1000 % 1 != 0)
            throw Wrong($"{name} {text} is none of 0.001s to 3600s, instant and manual");
        return new Pace(PacingMode.Interval, (uint)(seconds * 1000));
    }

    public RefusalException Unknown(string name) => Wrong($"{name} is not an option");

    public RefusalException Wrong(string what) => new(ExitCode.Usage, $"{what}; {usage}");
}

/// <summary>When blocks begin.</summary>
/// <param name="Mode">What makes the next one begin.</param>
/// <param name="BlockTimeMs">Milliseconds between blocks; null is the genesis' own.</param>
internal sealed record Pace(PacingMode Mode, uint? BlockTimeMs)
{
    public static Pace OfGenesis { get; } = new(PacingMode.Interval, null);

    /// <summary>As <c>--block-time</c> takes it; null for the genesis' own.</summary>
    public string? Text => Mode switch
    {
        PacingMode.Instant => "instant",
        PacingMode.Manual => "manual",
        _ => BlockTimeMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000m}s") : null,
    };

    /// <summary>As a person reads it.</summary>
    public string Describe(uint genesisBlockTimeMs) => Mode switch
    {
        PacingMode.Instant => "instant: one as soon as a transaction waits",
        PacingMode.Manual => "manual: depin localnet mine",
        _ => string.Create(CultureInfo.InvariantCulture, $"every {(BlockTimeMs ?? genesisBlockTimeMs) / 1000m} s"),
    };
}
