using System.Globalization;
using System.Runtime.CompilerServices;
using DePinChain.Blocks;
using DePinChain.Mempool.Rules;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Mempool;

/// <summary>A transaction on its way into the pool, with what is known of it so far.</summary>
internal readonly ref struct Candidate
{
    public required Transaction Transaction { get; init; }

    /// <summary>Whether a caller of our own RPC waits for an explanation. Peers get a fixed answer: a flood builds no strings.</summary>
    public required bool IsLocal { get; init; }

    public required PoolHead Head { get; init; }

    /// <summary>Who signed; known after recovery.</summary>
    public Address Sender { get; init; }

    /// <summary>Gas limit × fee cap + value; null beyond 256 bits.</summary>
    public UInt256? Cost { get; init; }

    /// <summary>The sender's account; known after recovery.</summary>
    public Account Account { get; init; }

    /// <summary>The sender's transactions in the pool; known after recovery.</summary>
    public AccountQueue? Queue { get; init; }

    /// <summary>The verdict, with its figures for those who read them; for others the text is not even built.</summary>
    public Rejection Refuse(Rejection rejection, [InterpolatedStringHandlerArgument("")] ref Explanation detail) =>
        IsLocal ? rejection.Explain(detail.ToStringAndClear()) : rejection;
}

/// <summary>Text that is only put together for a caller who waits for it.</summary>
[InterpolatedStringHandler]
internal ref struct Explanation
{
    private DefaultInterpolatedStringHandler _text;

    public Explanation(int literalLength, int formattedCount, in Candidate candidate, out bool isWanted)
    {
        isWanted = candidate.IsLocal;
        _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string ToStringAndClear() => _text.ToStringAndClear();
}

/// <summary>One reason to refuse a transaction. Null lets it pass to the next rule.</summary>
internal interface IAdmissionRule
{
    Rejection? Check(in Candidate candidate);
}

/// <summary>The rules in the order in which they are asked: cheap before dear, form before state.</summary>
/// <param name="ChainId">The chain's id.</param>
/// <param name="MinBaseFeePerGas">Wei below which the base fee never falls.</param>
/// <param name="IsDevelopment">Whether wallets may remember another chain at this address.</param>
/// <param name="Options">The pool's bounds.</param>
public sealed record AdmissionRules(ulong ChainId, UInt256 MinBaseFeePerGas, bool IsDevelopment, PoolOptions Options)
{
    /// <summary>The rules of a network; a development genesis has wider bounds per account.</summary>
    public static AdmissionRules For(GenesisDocument genesis) => new(
        genesis.ChainId, genesis.MinBaseFeePerGas, genesis.Development, genesis.Development ? PoolOptions.Development : new PoolOptions());

    /// <summary>Asked before the signature is recovered: what costs its sender nothing must cost us next to nothing.</summary>
    internal IReadOnlyList<IAdmissionRule> BeforeRecovery { get; } =
    [
        new FormRule(ChainId),
        new BlockGasRule(),
        new FeeFloorRule(MinBaseFeePerGas),
    ];

    /// <summary>Asked with the sender's account at hand, inside the pool's lock.</summary>
    internal IReadOnlyList<IAdmissionRule> AfterRecovery { get; } =
    [
        new SenderCodeRule(),
        new NonceRule(),
        new NonceGapRule(Options, IsDevelopment),
        new ReplacementRule(), // Before the limits: a replacement takes no further place.
        new AccountLimitRule(Options),
        new BalanceRule(), // After the replacement: what is replaced no longer counts.
    ];
}
