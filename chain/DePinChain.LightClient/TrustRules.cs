using DePinChain.Primitives;

namespace DePinChain.LightClient;

/// <summary>How far a light client trusts, and for how long.</summary>
/// <remarks>
/// CometBFT, spec/light-client/verification. The trusting period must be shorter than the unbonding period: as long as the validators of
/// the trusted header can still be slashed, a third of them has something to lose by signing a second history.
/// </remarks>
/// <param name="ChainId">Whose seals.</param>
public sealed record TrustRules(ulong ChainId)
{
    /// <summary>Two thirds of an unbonding period of 14 days: 9 days 8 hours.</summary>
    public const ulong DefaultTrustingSeconds = 14UL * 24 * 60 * 60 * 2 / 3;

    /// <summary>How far a header's time may lie ahead of ours.</summary>
    public const ulong DefaultDriftSeconds = 10;

    /// <summary>Seconds from a header's timestamp during which it may vouch for others.</summary>
    public ulong TrustingSeconds { get; init; } = DefaultTrustingSeconds;

    public ulong DriftSeconds { get; init; } = DefaultDriftSeconds;

    /// <summary>More than this share of the trusted set's power must have signed a header that is skipped to.</summary>
    public TrustShare Share { get; init; } = TrustShare.Third;

    /// <summary>Whether a trusted header is too old to vouch for anything at <paramref name="now"/> (Unix seconds).</summary>
    public bool IsExpired(ulong timestamp, ulong now) => now > timestamp && now - timestamp >= TrustingSeconds;
}

/// <summary>A share of voting power. At least a third: less could be all faulty.</summary>
public readonly record struct TrustShare
{
    private readonly uint _part;
    private readonly uint _whole;

    /// <exception cref="ArgumentOutOfRangeException">Below 1/3, or 1 and more.</exception>
    public TrustShare(uint part, uint whole)
    {
        bool isShare = whole > 0 && 3UL * part >= whole && part < whole;
        if (!isShare) throw new ArgumentOutOfRangeException(nameof(part), $"{part}/{whole} is not from 1/3 up to below 1");
        _part = part;
        _whole = whole;
    }

    public static TrustShare Third { get; } = new(1, 3);

    /// <summary>Whether <paramref name="power"/> is more than this share of <paramref name="total"/>.</summary>
    public bool IsExceededBy(UInt128 power, UInt128 total) =>
        _whole == 0 ? ValidatorSet.IsThird(power, total) : power * _whole > total * _part;

    public override string ToString() => _whole == 0 ? "1/3" : $"{_part}/{_whole}";
}
