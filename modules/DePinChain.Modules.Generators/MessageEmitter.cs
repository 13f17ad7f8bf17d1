using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace DePinChain.Modules.Generators;

/// <summary>Writes the codecs of events and errors.</summary>
internal static class MessageEmitter
{
    public static string EmitEvent(Message message)
    {
        CodeWriter code = CodeWriter.ForFile(message.Type.Namespace);
        bool isDecodable = !message.Fields.Any(field => field.IsIndexed && IsHashed(field.Type));
        string contract = isDecodable ? $"IEvent<{message.Type.Name}>" : "IEvent";
        code.Open($"readonly partial record struct {message.Type.Name} : {contract}");
        code.Line($"/// <summary>keccak256 of <c>{message.Signature}</c>.</summary>");
        code.Line($"public static Hash256 EventTopic {{ get; }} = Hash256.Parse(\"{Keccak256.Hex(message.Signature)}\");");
        code.Line();
        List<Field> indexed = [.. message.Fields.Where(field => field.IsIndexed)];
        List<Field> plain = [.. message.Fields.Where(field => !field.IsIndexed)];
        code.Line("/// <inheritdoc/>");
        code.Line($"public Hash256[] Topics() => [{string.Join(", ", new[] { "EventTopic" }.Concat(indexed.Select(Topic)))}];");
        code.Line();
        code.Line("/// <inheritdoc/>");
        EmitEncoder(code, "public byte[] Payload()", plain, "ToArray()");
        if (isDecodable) EmitEventDecoder(code, message, indexed);
        code.Close();
        EmitTopics(code, indexed);
        AbiEmitter.EmitClass(code, message.Fields.Select(field => field.Type));
        return code.ToString();
    }

    public static string EmitError(Message message)
    {
        string selector = "0x" + Keccak256.Selector(message.Signature).ToString("x8", CultureInfo.InvariantCulture);
        CodeWriter code = CodeWriter.ForFile(message.Type.Namespace);
        code.Open($"readonly partial record struct {message.Type.Name} : IError<{message.Type.Name}>");
        code.Line($"/// <summary>The selector of <c>{message.Signature}</c>.</summary>");
        code.Line($"public static uint ErrorSelector => {selector};");
        code.Line();
        code.Line("/// <inheritdoc/>");
        EmitEncoder(code, "public byte[] Encode()", message.Fields, "ToArray(Calldata.SelectorBytes(ErrorSelector))");
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Open($"public static bool TryDecode(ReadOnlySpan<byte> returnData, out {message.Type.Name} decoded)");
        code.Line("decoded = default;");
        code.Line("if (!Calldata.Selects(returnData, ErrorSelector)) return false;");
        EmitDecoding(
            code, message, "returnData[Calldata.SelectorSize..]", field => AbiEmitter.Read(field.Type, 0, "reader", AbiEmitter.Unbounded));
        code.Close();
        code.Close();
        AbiEmitter.EmitClass(code, message.Fields.Select(field => field.Type));
        return code.ToString();
    }

    // Solidity, "Events": an indexed value type stands in its topic; of a text or bytes the hash does.
    private static bool IsHashed(AbiValue type) => type.Kind is ValueKind.Bytes or ValueKind.String;

    private static string Topic(Field field) => field.Type.Kind switch
    {
        ValueKind.Bytes => $"Keccak256.Hash({field.Name})",
        ValueKind.String => $"Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes({field.Name}))",
        _ => $"TopicWord.Of{field.Type.Identifier}({field.Name})",
    };

    private static void EmitEncoder(CodeWriter code, string head, IReadOnlyList<Field> fields, string finish)
    {
        code.Open(head);
        code.Line($"AbiWriter writer = new(headWords: {AbiEmitter.HeadWords(fields)});");
        foreach (Field field in fields) code.Line(AbiEmitter.Write(field.Type, "writer", field.Name));
        code.Line($"return writer.{finish};");
        code.Close();
    }

    private static void EmitEventDecoder(CodeWriter code, Message message, List<Field> indexed)
    {
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Open(
            $"public static bool TryDecode(IReadOnlyList<Hash256> topics, ReadOnlySpan<byte> payload, out {message.Type.Name} decoded)");
        code.Line("decoded = default;");
        code.Line($"if (topics.Count != {indexed.Count + 1} || topics[0] != EventTopic) return false;");
        for (int i = 0; i < indexed.Count; i++) code.Line($"AbiReader topic{i} = new(topics[{i + 1}].ToArray());");
        EmitDecoding(code, message, "payload", field =>
        {
            int topic = indexed.IndexOf(field);
            return AbiEmitter.Read(field.Type, 0, topic < 0 ? "reader" : $"topic{topic}", AbiEmitter.Unbounded);
        });
        code.Close();
    }

    private static void EmitDecoding(CodeWriter code, Message message, string source, System.Func<Field, string> read)
    {
        code.Open("try");
        code.Line($"AbiReader reader = new({source});");
        code.Line($"decoded = new {message.Type.Name}({string.Join(", ", message.Fields.Select(read))});");
        code.Line("return true;");
        code.Close();
        code.Open("catch (AbiException)");
        code.Line("return false;");
        code.Close();
    }

    private static void EmitTopics(CodeWriter code, List<Field> indexed)
    {
        List<AbiValue> words = [.. indexed.Select(field => field.Type).Where(type => !IsHashed(type)).Distinct()];
        if (words.Count == 0) return;
        code.Line();
        code.Open("file static class TopicWord");
        foreach (AbiValue type in words)
        {
            code.Open($"public static Hash256 Of{type.Identifier}({type.CSharp} value)");
            code.Line("AbiWriter writer = new(headWords: 1);");
            code.Line(AbiEmitter.Write(type, "writer", "value"));
            code.Line("return new Hash256(writer.ToArray());");
            code.Close();
        }

        code.Close();
    }
}
