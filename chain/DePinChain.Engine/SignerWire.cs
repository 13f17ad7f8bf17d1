using System.Buffers.Binary;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>What a node asks the process that holds its keys.</summary>
public abstract record SignerQuestion
{
    private const byte IntroduceCode = 1;
    private const byte VoteCode = 2;
    private const byte ProposalCode = 3;
    private const byte ProveCode = 4;

    private SignerQuestion()
    {
    }

    /// <summary>Who are you, and where does your mark stand?</summary>
    public sealed record Introduce : SignerQuestion;

    /// <summary>Sign this vote. The signer makes the digest itself: what a slot says and what is signed cannot differ.</summary>
    public sealed record SignVote(VoteKind Kind, ulong Height, uint Round, int ValidRound, Hash256 BlockHash) : SignerQuestion;

    /// <summary>Sign this proposal.</summary>
    public sealed record SignProposal(ulong Height, uint Round, int ValidRound, Hash256 BlockHash) : SignerQuestion;

    /// <summary>Prove the randomness of a height.</summary>
    public sealed record Prove(ulong Height, Hash256 ParentMix) : SignerQuestion;

    /// <summary>RLP [code, fields…].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        switch (this)
        {
            case Introduce:
                writer.Write((ulong)IntroduceCode);
                break;
            case SignVote vote:
                writer.Write((ulong)VoteCode);
                writer.Write((ulong)vote.Kind);
                WriteSlot(writer, vote.Height, vote.Round, vote.ValidRound, vote.BlockHash);
                break;
            case SignProposal proposal:
                writer.Write((ulong)ProposalCode);
                WriteSlot(writer, proposal.Height, proposal.Round, proposal.ValidRound, proposal.BlockHash);
                break;
            case Prove prove:
                writer.Write((ulong)ProveCode);
                writer.Write(prove.Height);
                writer.Write(prove.ParentMix);
                break;
        }

        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a question from whoever connected.</summary>
    /// <exception cref="RlpException">It is none.</exception>
    public static SignerQuestion Decode(ReadOnlySpan<byte> frame)
    {
        RlpReader reader = new(frame);
        RlpReader fields = reader.ReadList();
        reader.ExpectEnd();
        byte code = fields.ReadByte();
        SignerQuestion question = code switch
        {
            IntroduceCode => new Introduce(),
            VoteCode => ReadVote(ref fields),
            ProposalCode => ReadProposal(ref fields),
            ProveCode => new Prove(fields.ReadUInt64(), fields.ReadHash256()),
            _ => throw new RlpException($"A question {code} does not exist."),
        };
        fields.ExpectEnd();
        return question;
    }

    private static void WriteSlot(RlpWriter writer, ulong height, uint round, int validRound, in Hash256 blockHash)
    {
        writer.Write(height);
        writer.Write((ulong)round);
        writer.Write((ulong)(validRound + 1L));
        writer.Write(blockHash);
    }

    private static SignVote ReadVote(ref RlpReader fields)
    {
        byte kind = fields.ReadByte();
        bool isKind = kind is (byte)VoteKind.Prevote or (byte)VoteKind.Precommit;
        if (!isKind) throw new RlpException($"A vote of kind {kind} does not exist.");
        SignProposal slot = ReadProposal(ref fields);
        return new SignVote((VoteKind)kind, slot.Height, slot.Round, slot.ValidRound, slot.BlockHash);
    }

    private static SignProposal ReadProposal(ref RlpReader fields)
    {
        ulong height = fields.ReadUInt64();
        uint round = fields.ReadUInt32();
        uint validRound = fields.ReadUInt32();
        if (height == 0 || round > int.MaxValue || validRound > int.MaxValue) throw new RlpException("No such height or round.");
        return new SignProposal(height, round, (int)validRound - 1, fields.ReadHash256());
    }
}

/// <summary>What the process that holds the keys answers.</summary>
/// <param name="Outcome">Whether it was done.</param>
/// <param name="Content">A seal of 65 bytes, a proof of 81, the 20 bytes of the signing address, or the words of a fault.</param>
/// <param name="Mark">Where the mark stands now.</param>
public sealed record SignerAnswer(SignerOutcome Outcome, byte[] Content, SignerMark Mark)
{
    /// <summary>RLP [outcome, content, chainId, height, round, step, digest, signature].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write((ulong)Outcome);
        writer.Write(Content);
        writer.Write(Mark.ChainId);
        writer.Write(Mark.Slot.Height);
        writer.Write((ulong)Mark.Slot.Round);
        writer.Write((ulong)Mark.Slot.Step);
        writer.Write(Mark.Digest);
        writer.Write(Mark.Signature.ToArray());
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <exception cref="RlpException">It is no answer.</exception>
    public static SignerAnswer Decode(ReadOnlySpan<byte> frame)
    {
        RlpReader reader = new(frame);
        RlpReader fields = reader.ReadList();
        reader.ExpectEnd();
        byte outcome = fields.ReadByte();
        if (outcome > (byte)SignerOutcome.Faulty) throw new RlpException($"An outcome {outcome} does not exist.");
        byte[] content = fields.ReadBytes().ToArray();
        ulong chainId = fields.ReadUInt64();
        SigningSlot slot = new(fields.ReadUInt64(), fields.ReadUInt32(), (SigningStep)fields.ReadByte());
        SignerMark mark = new(chainId, slot, fields.ReadHash256(), new Signature(fields.ReadBytes(Signature.Size)));
        fields.ExpectEnd();
        return new SignerAnswer((SignerOutcome)outcome, content, mark);
    }
}

/// <summary>How a question ended.</summary>
public enum SignerOutcome : byte
{
    /// <summary>The content is what was asked for.</summary>
    Done = 0,

    /// <summary>The mark forbids it.</summary>
    Refused = 1,

    /// <summary>It could not be understood or done; the content says why.</summary>
    Faulty = 2,
}

/// <summary>Frames on the socket: two bytes of length, most significant first, then RLP.</summary>
public static class SignerFrames
{
    /// <summary>Longest frame; an answer takes some 250 bytes.</summary>
    public const int SizeMax = 1024;

    public static void Write(Stream stream, ReadOnlySpan<byte> content)
    {
        Invariant.Assert(content.Length <= SizeMax, "questions and answers are short");
        Span<byte> frame = stackalloc byte[2 + SizeMax];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)content.Length);
        content.CopyTo(frame[2..]);
        stream.Write(frame[..(2 + content.Length)]);
        stream.Flush();
    }

    /// <summary>Reads a frame; null when the other side has hung up between two.</summary>
    /// <exception cref="IOException">It broke off, or is too long.</exception>
    public static byte[]? Read(Stream stream)
    {
        Span<byte> header = stackalloc byte[2];
        int first = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (first == 0) return null;
        int size = first == header.Length ? BinaryPrimitives.ReadUInt16BigEndian(header) : 0;
        if (size is 0 or > SizeMax) throw new IOException($"a frame of {size} bytes");
        byte[] content = new byte[size];
        stream.ReadExactly(content);
        return content;
    }
}
