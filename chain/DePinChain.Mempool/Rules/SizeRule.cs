using DePinChain.Blocks;

namespace DePinChain.Mempool.Rules;

/// <summary>At most 128 KiB: otherwise a few transactions would fill the pool's memory and a block's two megabytes.</summary>
internal sealed class SizeRule : IAdmissionRule
{
    public Rejection? Check(in Candidate candidate)
    {
        int size = candidate.Transaction.Size;
        return size <= TransactionCodec.TransactionBytesMax
            ? null
            : candidate.Refuse(Rejections.TransactionTooLarge, $"transaction size {size}, limit {TransactionCodec.TransactionBytesMax}");
    }
}
