using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>The bytes of an input in the write-ahead log: RLP [kind, fields…].</summary>
/// <remarks>A proposal's block and a built block are the host's: it keeps them beside the record.</remarks>
public static class InputCodec
{
    private const byte Proposal = 1;
    private const byte Ballot = 2;
    private const byte Polka = 3;
    private const byte Commit = 4;
    private const byte Timeout = 5;
    private const byte Built = 6;
    private const byte Judged = 7;

    /// <summary>Writes any input that <see cref="Effect.Persist"/> carries.</summary>
    public static byte[] Encode(Input input)
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        switch (input)
        {
            case Input.ProposalReceived received:
                writer.Write(Proposal);
                received.Proposal.WriteTo(writer);
                writer.Write(received.Signer);
                writer.Write(received.IsAcceptable ? 1UL : 0UL);
                break;
            case Input.VoteReceived received:
                writer.Write(Ballot);
                received.Vote.WriteTo(writer);
                writer.Write(received.Signer);
                break;
            case Input.PolkaReceived received:
                writer.Write(Polka);
                received.Certificate.WriteTo(writer);
                break;
            case Input.CommitReceived received:
                writer.Write(Commit);
                received.Certificate.WriteTo(writer);
                break;
            case Input.TimeoutElapsed elapsed:
                writer.Write(Timeout);
                writer.Write(elapsed.Height);
                writer.Write((ulong)elapsed.Round);
                writer.Write((ulong)elapsed.Kind);
                break;
            case Input.ValueBuilt built:
                writer.Write(Built);
                writer.Write(built.Height);
                writer.Write((ulong)built.Round);
                writer.Write(built.BlockHash);
                break;
            case Input.ValueJudged judged:
                writer.Write(Judged);
                writer.Write(judged.Height);
                writer.Write(judged.BlockHash);
                writer.Write(judged.IsValid ? 1UL : 0UL);
                break;
            default:
                Invariant.Assert(false, "Only inputs that are persisted have bytes.");
                break;
        }

        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a record; the log's checksum has vouched for it, so a failure means another version or a damaged disk.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Input? input, [NotNullWhen(false)] out string? why)
    {
        input = null;
        why = null;
        try
        {
            RlpReader reader = new(encoded);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            Input read = Read(ref fields);
            fields.ExpectEnd();
            input = read;
            return true;
        }
        catch (RlpException fault)
        {
            why = fault.Message;
            return false;
        }
    }

    private static Input Read(ref RlpReader fields)
    {
        byte kind = fields.ReadByte();
        return kind switch
        {
            Proposal => new Input.ProposalReceived(Blocks.Proposal.Read(ref fields), fields.ReadAddress(), fields.ReadBool()),
            Ballot => new Input.VoteReceived(Vote.Read(ref fields), fields.ReadAddress()),
            Polka => new Input.PolkaReceived(PolkaCertificate.Read(ref fields)),
            Commit => new Input.CommitReceived(CommitCertificate.Read(ref fields)),
            Timeout => new Input.TimeoutElapsed(fields.ReadUInt64(), fields.ReadUInt32(), (TimeoutKind)fields.ReadByte()),
            Built => new Input.ValueBuilt(fields.ReadUInt64(), fields.ReadUInt32(), fields.ReadHash256()),
            Judged => new Input.ValueJudged(fields.ReadUInt64(), fields.ReadHash256(), fields.ReadBool()),
            _ => throw new RlpException($"An input of kind {kind} does not exist."),
        };
    }
}
