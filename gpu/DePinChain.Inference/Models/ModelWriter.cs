using System.Buffers.Binary;
using System.Text.Json;
using DePinChain.Gpu;

namespace DePinChain.Inference.Models;

/// <summary>Writes a model folder that any Hugging Face tool reads; the same inputs give the same bytes on every machine.</summary>
public static class ModelWriter
{
    /// <summary>Writes config.json and model.safetensors.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="config">The shape.</param>
    /// <param name="source">The weights.</param>
    /// <param name="kind">How elements are written.</param>
    public static void Write(string folder, ModelConfig config, ITensorSource source, ElementKind kind = ElementKind.F32)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "config.json"), Config(config, kind));
        (string Name, int Rows, int Columns)[] tensors =
            [.. TensorNames.Of(config).OrderBy(static tensor => tensor.Name, StringComparer.Ordinal)];
        int size = kind == ElementKind.F32 ? 4 : 2;
        byte[] header = Header(tensors, kind, size);
        using FileStream stream = File.Create(Path.Combine(folder, "model.safetensors"));
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach ((string name, int rows, int columns) in tensors)
        {
            float[] values = source.Read(name, rows, columns);
            byte[] bytes = new byte[(long)values.Length * size];
            for (int at = 0; at < values.Length; at++) WriteElement(kind, values[at], bytes.AsSpan(at * size));
            stream.Write(bytes);
        }
    }

    private static void WriteElement(ElementKind kind, float value, Span<byte> to)
    {
        switch (kind)
        {
            case ElementKind.F32: BinaryPrimitives.WriteSingleLittleEndian(to, value); break;
            case ElementKind.F16: BinaryPrimitives.WriteHalfLittleEndian(to, (Half)value); break;
            default: BinaryPrimitives.WriteUInt16LittleEndian(to, ExactMath.Bf16Bits(value)); break;
        }
    }

    private static byte[] Header((string Name, int Rows, int Columns)[] tensors, ElementKind kind, int size)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            long at = 0;
            foreach ((string name, int rows, int columns) in tensors)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", kind.ToString());
                writer.WriteStartArray("shape");
                writer.WriteNumberValue(rows);
                if (columns != 1) writer.WriteNumberValue(columns);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(at);
                at += (long)rows * columns * size;
                writer.WriteNumberValue(at);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        // Padded with spaces to a multiple of eight, as the format's own library does, so that tensors lie aligned.
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private static byte[] Config(ModelConfig config, ElementKind kind)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("architectures");
            writer.WriteStringValue("LlamaForCausalLM");
            writer.WriteEndArray();
            writer.WriteString("model_type", "llama");
            writer.WriteString("hidden_act", "silu");
            writer.WriteNumber("hidden_size", config.Hidden);
            writer.WriteNumber("intermediate_size", config.Intermediate);
            writer.WriteNumber("num_hidden_layers", config.Layers);
            writer.WriteNumber("num_attention_heads", config.Heads);
            writer.WriteNumber("num_key_value_heads", config.KeyHeads);
            writer.WriteNumber("head_dim", config.HeadWidth);
            writer.WriteNumber("vocab_size", config.Vocabulary);
            writer.WriteNumber("max_position_embeddings", config.Positions);
            writer.WriteNumber("rms_norm_eps", config.Epsilon);
            writer.WriteNumber("rope_theta", config.Rope.Theta);
            writer.WriteBoolean("tie_word_embeddings", config.TiedEmbeddings);
            writer.WriteBoolean("attention_bias", false);
            writer.WriteBoolean("mlp_bias", false);
            writer.WriteString("torch_dtype", kind switch { ElementKind.F32 => "float32", ElementKind.F16 => "float16", _ => "bfloat16" });
            if (config.EndTokens.Count > 0)
            {
                writer.WriteStartArray("eos_token_id");
                foreach (int token in config.EndTokens) writer.WriteNumberValue(token);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
