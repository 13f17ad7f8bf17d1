using System.Text.Json.Nodes;
using DePinChain.LightClient;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A transaction's place and outcome, from lists whose roots stand in a believed header.</summary>
internal sealed record ProvenTransaction(int Index, bool Succeeded, int LogCount)
{
    public static async Task<ProvenTransaction> FindAsync(
        Session session, HeaderProof proof, Hash256 hash, CancellationToken cancellation)
    {
        string height = Hex.Quantity(proof.Header.Number);
        JsonNode? block = await session.Node.CallAsync("debug_getRawBlock", cancellation, height);
        JsonNode? list = await session.Node.CallAsync("debug_getRawReceipts", cancellation, height);
        try
        {
            List<byte[]> transactions = TransactionsOf(Hex.Decode(block?.GetValue<string>() ?? ""));
            if (!ProvenBody.HasTransactions(proof.Header, transactions))
                throw HeaderProof.Fails("ProofFailed", $"the node's transactions are not those of block {proof.Header.Hash}");
            List<byte[]> receipts = [.. (list as JsonArray ?? []).Select(item => Hex.Decode(item?.GetValue<string>() ?? ""))];
            if (!ProvenBody.HasReceipts(proof.Header, receipts))
                throw HeaderProof.Fails("ProofFailed", $"the node's receipts are not those of block {proof.Header.Hash}");
            int index = transactions.FindIndex(raw => Keccak256.Hash(raw) == hash);
            if (index < 0) throw HeaderProof.Fails("ProofFailed", $"transaction {hash} is not in block {proof.Header.Hash}");
            return Of(index, receipts[index]);
        }
        catch (Exception malformed) when (malformed is RlpException or FormatException or InvalidOperationException)
        {
            throw HeaderProof.Fails("ProofFailed", $"the node's block {proof.Header.Number} cannot be read: {malformed.Message}");
        }
    }

    // An Ethereum block is [header, transactions, ommers, withdrawals]; a typed transaction is a string, a legacy one a list.
    private static List<byte[]> TransactionsOf(byte[] block)
    {
        RlpReader outer = new(block);
        RlpReader fields = outer.ReadList();
        outer.ExpectEnd();
        fields.ReadRawItem();
        RlpReader items = fields.ReadList();
        List<byte[]> transactions = [];
        while (!items.AtEnd) transactions.Add(items.PeekIsList() ? items.ReadRawItem().ToArray() : items.ReadBytes().ToArray());
        return transactions;
    }

    // type? ‖ rlp[status, cumulativeGasUsed, bloom, logs]
    private static ProvenTransaction Of(int index, byte[] receipt)
    {
        RlpReader outer = new(receipt is [< 0x80, ..] ? receipt.AsSpan(1) : receipt);
        RlpReader fields = outer.ReadList();
        ulong status = fields.ReadUInt64();
        fields.ReadRawItem();
        fields.ReadRawItem();
        return new ProvenTransaction(index, status == 1, fields.ReadList().CountItems());
    }
}
