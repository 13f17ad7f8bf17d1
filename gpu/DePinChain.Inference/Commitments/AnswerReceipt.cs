using System.Buffers.Binary;
using DePinChain.Inference.Sampling;
using DePinChain.Primitives;

namespace DePinChain.Inference.Commitments;

/// <summary>
/// An answer as its miner commits to it and shows it to whoever audits it. Bytes: version 1 ‖ trace's root 32 ‖ u32 tokens of the prompt ‖
/// u32 each ‖ u32 tokens asked for ‖ u32 temperature ‖ u32 top-k ‖ u32 top-p ‖ seed 32 ‖ finish 1 ‖ transcript; numbers big-endian. Its
/// hash is keccak(trace's root ‖ keccak(all other bytes)).
/// </summary>
/// <param name="TraceRoot">Root of its <see cref="AnswerTrace"/>; zero for a tolerant model.</param>
/// <param name="Prompt">The prompt's tokens.</param>
/// <param name="TokensMax">Tokens that were asked for.</param>
/// <param name="Options">How tokens were to be chosen.</param>
/// <param name="Answer">What was answered.</param>
public sealed record AnswerReceipt(
    Hash256 TraceRoot, IReadOnlyList<int> Prompt, int TokensMax, SamplingOptions Options, Generation Answer)
{
    /// <summary>Bytes of the longest receipt.</summary>
    public const int BytesMax = 4 << 20;

    private const int PromptMax = 1 << 18;
    private const int Head = 1 + Hash256.Size + sizeof(uint);
    private const int Tail = (4 * sizeof(uint)) + Hash256.Size + 1;

    /// <summary>What the chain's batches are made of.</summary>
    public Hash256 Hash => Keccak256.Hash([.. TraceRoot.ToArray(), .. Rest.ToArray()]);

    /// <summary>keccak of everything but the trace's root.</summary>
    public Hash256 Rest
    {
        get
        {
            byte[] bytes = Encode();
            return Keccak256.Hash([bytes[0], .. bytes.AsSpan(1 + Hash256.Size)]);
        }
    }

    /// <summary>The bytes.</summary>
    public byte[] Encode()
    {
        byte[] transcript = Answer.Transcript.Encode();
        byte[] bytes = new byte[Head + (Prompt.Count * sizeof(uint)) + Tail + transcript.Length];
        bytes[0] = 1;
        TraceRoot.CopyTo(bytes.AsSpan(1));
        int at = 1 + Hash256.Size;
        Put(bytes, ref at, (uint)Prompt.Count);
        foreach (int token in Prompt) Put(bytes, ref at, (uint)token);
        Put(bytes, ref at, (uint)TokensMax);
        Put(bytes, ref at, Options.TemperatureQ16);
        Put(bytes, ref at, Options.TopK);
        Put(bytes, ref at, Options.TopPQ16);
        Options.Seed.CopyTo(bytes.AsSpan(at));
        bytes[at + Hash256.Size] = (byte)Answer.Finish;
        transcript.CopyTo(bytes, at + Hash256.Size + 1);
        return bytes;
    }

    /// <summary>Reads a receipt from a stranger: every length is bounded before anything is made of it.</summary>
    public static AnswerReceipt? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Head + Tail || bytes.Length > BytesMax || bytes[0] != 1) return null;
        Hash256 trace = new(bytes.Slice(1, Hash256.Size));
        uint count = BinaryPrimitives.ReadUInt32BigEndian(bytes[(1 + Hash256.Size)..]);
        if (count is 0 or > PromptMax || bytes.Length < Head + ((int)count * sizeof(uint)) + Tail) return null;
        ReadOnlySpan<byte> rest = bytes[Head..];
        int[] prompt = new int[count];
        for (int token = 0; token < prompt.Length; token++)
        {
            uint value = Take(ref rest);
            if (value > int.MaxValue) return null;
            prompt[token] = (int)value;
        }

        uint tokensMax = Take(ref rest), temperature = Take(ref rest), topK = Take(ref rest), topP = Take(ref rest);
        Hash256 seed = new(rest[..Hash256.Size]);
        byte finish = rest[Hash256.Size];
        bool isSound = tokensMax is > 0 and <= PromptMax && temperature <= 10 << 16 && topP is > 0 and <= 1 << 16
            && Enum.IsDefined((FinishReason)finish);
        if (!isSound || !Transcript.TryDecode(rest[(Hash256.Size + 1)..], out Transcript transcript)) return null;
        return new AnswerReceipt(
            trace, prompt, (int)tokensMax, new SamplingOptions(temperature, topK, topP, seed),
            new Generation(transcript.Tokens, (FinishReason)finish, transcript));
    }

    private static void Put(byte[] bytes, ref int at, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), value);
        at += sizeof(uint);
    }

    private static uint Take(ref ReadOnlySpan<byte> bytes)
    {
        uint value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        bytes = bytes[sizeof(uint)..];
        return value;
    }
}
