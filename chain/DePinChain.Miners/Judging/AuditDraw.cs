using System.Buffers.Binary;
using System.Text;
using DePinChain.Crypto;
using DePinChain.Miners.Wire;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>A task that a validator must give a miner in an epoch.</summary>
/// <param name="DueAt">Not before this block.</param>
/// <param name="Request">The task.</param>
/// <param name="Proof">Shows that the task was drawn and not chosen.</param>
internal sealed record AuditTask(ulong DueAt, TaskRequest Request, byte[] Proof);

/// <summary>
/// Which tasks a validator gives a miner: drawn by its hotkey's verifiable random function from the beacon of the block that began the
/// epoch. Nobody else knows them before they are asked, so a miner cannot tell them from what people ask; no validator can copy
/// another's; and none can choose its own.
/// </summary>
internal static class AuditDraw
{
    private const int WordsMin = 6;
    private const int WordsMax = 24;
    private const uint TokensMin = 8;

    private static readonly string[] Words =
    [
        "the", "a", "of", "and", "to", "in", "is", "that", "for", "with", "chain", "block", "market", "price", "model", "token",
        "miner", "validator", "client", "prompt", "answer", "stake", "proof", "data", "store", "work", "day", "name", "root", "seed",
        "value", "key", "time", "why", "how", "when", "where", "what", "who", "one", "two", "three", "more", "less", "river", "stone",
        "light", "night", "green", "blue", "small", "large", "old", "new", "write", "read", "count", "sum", "list", "story", "letter",
        "number", "question", "please",
    ];

    /// <summary>keccak("DPC-AUDIT1" ‖ chainId 32 ‖ netuid 4 ‖ epoch 8 ‖ miner 20 ‖ number 4 ‖ beacon 32).</summary>
    public static Hash256 Alpha(ulong chainId, uint netuid, ulong epoch, Address miner, int number, in Hash256 beacon)
    {
        Span<byte> bytes = stackalloc byte[32];
        var hasher = new Keccak256.Hasher().Append("DPC-AUDIT1"u8);
        ((UInt256)chainId).WriteBigEndian(bytes);
        hasher.Append(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, netuid);
        hasher.Append(bytes[..4]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, epoch);
        hasher.Append(bytes[..8]).Append(miner.ToArray());
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return hasher.Append(bytes[..4]).Append(beacon.ToArray()).Finish();
    }

    /// <summary>The task of one draw.</summary>
    /// <param name="key">The validator's hotkey.</param>
    /// <param name="alpha">What is drawn for.</param>
    /// <param name="firstBlock">The epoch's first block.</param>
    /// <param name="blocks">Tasks are due within so many blocks of it.</param>
    /// <param name="maxTokens">Of the manifest.</param>
    public static AuditTask Draw(PrivateKey key, in Hash256 alpha, ulong firstBlock, ulong blocks, uint maxTokens)
    {
        byte[] proof = Vrf.Prove(key, alpha.ToArray());
        byte[] beta = Vrf.ProofToHash(proof).ToArray();
        ulong dueAt = firstBlock + (BinaryPrimitives.ReadUInt64BigEndian(beta) % Math.Max(1, blocks));
        byte[] expanded = Expand(beta);
        int words = WordsMin + (expanded[0] % (WordsMax - WordsMin + 1));
        var prompt = new StringBuilder();
        for (int at = 0; at < words; at++) prompt.Append(at == 0 ? "" : " ").Append(Words[expanded[1 + at] % Words.Length]);
        uint tokens = maxTokens <= TokensMin ? maxTokens : TokensMin + (expanded[30] % (maxTokens - TokensMin + 1));

        // Every other task is greedy, the others draw at temperature 0.8: both ways of choosing are checked.
        uint temperature = expanded[31] % 2 == 0 ? 0U : 52_429;
        var request = new TaskRequest(
            prompt.ToString(), tokens, temperature, TopK: 0, TopPQ16: 1 << 16, Hex.Encode(expanded.AsSpan(32, Hash256.Size)));
        return new AuditTask(dueAt, request, proof);
    }

    // 64 bytes: keccak(beta ‖ 0) ‖ keccak(beta ‖ 1).
    private static byte[] Expand(byte[] beta) =>
        [.. Keccak256.Hash([.. beta, 0]).ToArray(), .. Keccak256.Hash([.. beta, 1]).ToArray()];
}
