using System.Diagnostics.CodeAnalysis;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <summary>Questions for a record of another network's module, such as a deal or a provider's, and their answers.</summary>
[ModulePart]
internal sealed partial class RemoteQueries(ModuleState state, Logs logs) : IPort
{
    [Slot(20)] private partial BlobMap<(ulong Lane, ulong Sequence), AnswerRecord> Answers { get; }

    /// <inheritdoc/>
    public string Name => PacketsPolicy.QueryPort;

    /// <summary>What was answered; null while nothing is.</summary>
    public AnswerRecord? Find(ulong lane, ulong sequence) =>
        Answers.TryGet((lane, sequence), out AnswerRecord? answer) ? answer : null;

    /// <summary>A question's body.</summary>
    public static byte[] Ask(Address asker, Address module, Hash256 location) => new Question(asker, module, location).Encode();

    /// <inheritdoc/>
    public byte[]? Receive(in Passage passage, byte[] body)
    {
        bool isRead = Question.TryDecode(body, out Question? question, out string? why);
        Require(isRead, new InvalidMessage(why ?? string.Empty));
        byte[] value = state.Storage.Read(question!.Module, question.Location) ?? [];
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(passage.Block.Number);
        writer.Write(value);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public void Complete(in Passage passage, byte[] body, byte[] result)
    {
        bool isRead = Question.TryDecode(body, out Question? question, out _);
        Invariant.Assert(isRead, "what was asked from here could be read");
        bool isAnswer = RlpDecoding.TryDecode(result, ReadAnswer, out Answer? answer, out string? why);
        Require(isAnswer, new InvalidAcknowledgement(why ?? string.Empty));
        Answers[(passage.Lane, passage.Sequence)] =
            new AnswerRecord(question!.Asker, question.Module, question.Location, answer!.Height, answer.Value);
        logs.Emit(new QueryAnswered(passage.Lane, passage.Sequence, question.Asker, answer.Height));
    }

    /// <inheritdoc/>
    public void Undo(in Passage passage, byte[] body)
    {
        // A question that was not answered moved nothing.
    }

    private static Answer ReadAnswer(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        Answer answer = new(fields.ReadUInt64(), fields.ReadBytes().ToArray());
        fields.ExpectEnd();
        return answer;
    }

    private sealed record Answer(ulong Height, byte[] Value);

    private sealed record Question(Address Asker, Address Module, Hash256 Location)
    {
        public byte[] Encode()
        {
            RlpWriter writer = new();
            int mark = writer.BeginList();
            writer.Write(Asker);
            writer.Write(Module);
            writer.Write(Location);
            writer.EndList(mark);
            return writer.ToArray();
        }

        public static bool TryDecode(
            ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Question? question, [NotNullWhen(false)] out string? why) =>
            RlpDecoding.TryDecode(encoded, Read, out question, out why);

        private static Question Read(ref RlpReader reader)
        {
            RlpReader fields = reader.ReadList();
            Question question = new(fields.ReadAddress(), fields.ReadAddress(), fields.ReadHash256());
            fields.ExpectEnd();
            return question;
        }
    }
}
