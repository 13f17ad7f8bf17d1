namespace DePinChain.Blocks;

/// <summary>An outsider's mistake, told so that it can be mended: which rule, what it asks, what was found, what to do.</summary>
/// <param name="Code">Stable number of the rule in <see cref="Rejections"/>; never reused.</param>
/// <param name="Name">Stable name of the rule, for logs, metrics and translations.</param>
/// <param name="Message">The text a client sees. Where geth has a wording, it is geth's: wallets match on it.</param>
/// <param name="Needed">What the rule asks for, when it is a quantity or a value.</param>
/// <param name="Had">What was found instead.</param>
/// <param name="Hint">What the sender can do about it.</param>
public sealed record Rejection(int Code, string Name, string Message, string? Needed = null, string? Had = null, string? Hint = null)
{
    /// <summary>The same rejection with geth's habit of appending the figures after a colon.</summary>
    public Rejection Explain(string detail) => this with { Message = $"{Message}: {detail}" };

    /// <summary>The same rejection with what was asked and what was found.</summary>
    public Rejection With(string needed, string had) => this with { Needed = needed, Had = had };

    public override string ToString() => Hint is null ? Message : $"{Message} ({Hint})";
}
