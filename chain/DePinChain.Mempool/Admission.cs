using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;

namespace DePinChain.Mempool;

/// <summary>The pool's answer to a transaction.</summary>
/// <param name="Signed">The transaction with its sender when it was taken.</param>
/// <param name="Rejection">The rule that refused it otherwise.</param>
public readonly record struct Admission(SignedTransaction? Signed, Rejection? Rejection)
{
    [MemberNotNullWhen(true, nameof(Signed))]
    [MemberNotNullWhen(false, nameof(Rejection))]
    public bool IsAccepted => Signed is not null;

    internal static Admission Refuse(Rejection rejection) => new(null, rejection);
}
