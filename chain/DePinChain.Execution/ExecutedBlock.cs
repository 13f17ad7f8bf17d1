using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>A block with everything its execution came to; committing it is a write, not another execution.</summary>
/// <param name="Block">Header, transactions, consensus part.</param>
/// <param name="Receipts">One for each transaction, the system transaction's first.</param>
/// <param name="Senders">One for each transaction, <see cref="SystemTransaction.Sender"/> for the system transaction.</param>
/// <param name="Delta">The state's change, whose root is in the header.</param>
/// <param name="Next">What consensus needs for the next height.</param>
public sealed record ExecutedBlock(
    Block Block, IReadOnlyList<Receipt> Receipts, IReadOnlyList<Address> Senders, StateDelta Delta, ConsensusView Next);

/// <summary>A block found valid and executed, or the first rule it breaks.</summary>
public sealed record BlockVerdict
{
    private BlockVerdict(ExecutedBlock? executed, Rejection? rejection)
    {
        Executed = executed;
        Rejection = rejection;
    }

    [MemberNotNullWhen(true, nameof(Executed))]
    [MemberNotNullWhen(false, nameof(Rejection))]
    public bool IsValid => Executed is not null;

    public ExecutedBlock? Executed { get; }

    public Rejection? Rejection { get; }

    internal static BlockVerdict Valid(ExecutedBlock executed) => new(executed, null);

    internal static BlockVerdict Invalid(Rejection rejection) => new(null, rejection);
}
