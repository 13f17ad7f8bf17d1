using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Ledger;

/// <summary>A block that two thirds of the power have decided and that is on the disk.</summary>
/// <param name="Block">The block.</param>
/// <param name="Receipts">One for each transaction, in order.</param>
/// <param name="Senders">One for each transaction, in order.</param>
/// <param name="Commit">The certificate this node decided by.</param>
public sealed record CommittedBlock(Block Block, IReadOnlyList<Receipt> Receipts, IReadOnlyList<Address> Senders, CommitCertificate Commit);
