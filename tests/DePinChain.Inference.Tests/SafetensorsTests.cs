using System.Buffers.Binary;
using System.Text;
using DePinChain.Gpu;
using DePinChain.Inference.Models;
using DePinChain.Primitives;

namespace DePinChain.Inference.Tests;

/// <summary>
/// Weight files from strangers: what the format allows is read, everything else is refused by name before anything is allocated.
/// </summary>
public sealed class SafetensorsTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("model");

    [TearDown]
    public void DropFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Tensors_of_all_three_kinds_are_read_wherever_they_lie()
    {
        // 1.5 is 0x3fc00000, 0x3e00 and 0x3fc0; −2 is 0xc0000000, 0xc000 and 0xc000.
        byte[] bytes = [0x00, 0x00, 0xc0, 0x3f, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x3e, 0x00, 0xc0, 0xc0, 0x3f, 0x00, 0xc0];
        using SafetensorsFile file = SafetensorsFile.Open(Write(
            """
            {"c":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},"__metadata__":{"format":"pt"},
             "a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[2,1],"data_offsets":[8,12]}}
            """,
            bytes));
        Assert.That(file.Tensors.Select(static tensor => tensor.Name), Is.EqualTo(new[] { "a", "b", "c" }));
        foreach (StoredTensor tensor in file.Tensors) Assert.That(file.Read(tensor), Is.EqualTo(new[] { 1.5f, -2f }), tensor.Name);
        Assert.That(file.Find("d"), Is.Null);
    }

    private static IEnumerable<TestCaseData> Hostile =>
        new (string Name, string Header, int Bytes, string What)[]
        {
            ("a list", "[]", 0, "no JSON object"),
            ("torn JSON", "{\"a\":", 0, "no JSON"),
            ("deep JSON", new string('[', 100), 0, "no JSON"),
            ("a name twice", Tensor("a", 0, 4) + "," + Tensor("a", 4, 8), 8, "no JSON"),
            ("no element type", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "lacks"),
            ("no offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "lacks"),
            ("an element type of another engine", "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "F8_E4M3"),
            ("a negative size", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "no count"),
            ("a fraction", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "no count"),
            ("nine dimensions", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4, "dimensions"),
            ("a shape beyond 64 bits", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4294967296],\"data_offsets\":[0,4]}}",
                4, "its shape needs"),
            ("a shape larger than its bytes", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "its shape needs"),
            ("an end before its beginning", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "outside"),
            ("an end behind the file", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "outside"),
            ("a hole", Tensor("a", 0, 4) + "," + Tensor("b", 8, 12), 12, "hole"),
            ("a hole at the beginning", Tensor("a", 4, 8), 8, "hole"),
            ("an overlap", Tensor("a", 0, 8) + "," + Tensor("b", 4, 8), 8, "overlaps"),
            ("bytes behind the last", Tensor("a", 0, 4), 9, "belong to no tensor"),
            ("a nameless tensor", Tensor("", 0, 4), 4, "name"),
        }.Select(static one => new TestCaseData(one.Header.StartsWith('"') ? "{" + one.Header + "}" : one.Header, one.Bytes, one.What)
            .SetName($"A hostile header is refused: {one.Name}"));

    [TestCaseSource(nameof(Hostile))]
    public void A_hostile_header_is_refused(string header, int bytes, string what)
    {
        string path = Write(header, new byte[bytes]);
        InferenceException error = Assert.Throws<InferenceException>(() => SafetensorsFile.Open(path))!;
        Assert.That(error.Fault, Is.EqualTo(InferenceFault.Model));
        Assert.That(error.Message, Does.Contain(what));
    }

    [Test]
    public void A_header_that_claims_more_than_the_file_or_the_format_has_is_refused_before_it_is_read()
    {
        string path = Path.Combine(_folder.FullName, "huge.safetensors");
        foreach ((ulong size, string what) in new[] { (1UL << 63, "more than"), (100_000_001UL, "more than"), (100UL, "the file has") })
        {
            byte[] bytes = new byte[20];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, size);
            File.WriteAllBytes(path, bytes);
            Assert.That(Assert.Throws<InferenceException>(() => SafetensorsFile.Open(path))!.Message, Does.Contain(what));
        }

        File.WriteAllBytes(path, new byte[7]);
        Assert.That(Assert.Throws<InferenceException>(() => SafetensorsFile.Open(path))!.Message, Does.Contain("shorter"));
        Assert.Throws<InferenceException>(() => SafetensorsFile.Open(path + ".none"));
    }

    [TestCase(0x7fc00000u)]
    [TestCase(0x7f800000u)]
    [TestCase(0xff800000u)]
    public void A_weight_that_is_no_finite_number_is_found_when_it_is_read(uint bits)
    {
        byte[] bytes = new byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), bits);
        using SafetensorsFile file = SafetensorsFile.Open(Write("{" + Tensor("a", 0, 12) + "}", bytes));
        Assert.That(Assert.Throws<InferenceException>(() => file.Read(file.Find("a")!))!.Message, Does.Contain("no finite number at 2"));
    }

    [Test]
    public void A_written_model_is_read_back_and_is_the_same_bytes_every_time()
    {
        foreach (ElementKind kind in Enum.GetValues<ElementKind>())
        {
            string first = Path.Combine(_folder.FullName, $"a{kind}"), second = Path.Combine(_folder.FullName, $"b{kind}");
            GeneratedModel.Write(first, GeneratedModel.Localnet with { Layers = 1 }, kind: kind);
            GeneratedModel.Write(second, GeneratedModel.Localnet with { Layers = 1 }, kind: kind);
            foreach (string name in new[] { "config.json", "tokenizer.json", "model.safetensors" })
                Assert.That(File.ReadAllBytes(Path.Combine(second, name)), Is.EqualTo(File.ReadAllBytes(Path.Combine(first, name))));
            using ModelFolder folder = ModelFolder.Open(first);
            Assert.That(folder.Config with { EndTokens = [] }, Is.EqualTo(GeneratedModel.Localnet with { Layers = 1, EndTokens = [] }));
            Assert.That(folder.Config.EndTokens, Is.EqualTo(new[] { 511 }));
            GeneratedWeights rule = new(folder.Config);
            foreach ((string name, int rows, int columns) in TensorNames.Of(folder.Config))
            {
                float[] expected = rule.Read(name, rows, columns);
                if (kind == ElementKind.BF16) expected = [.. expected.Select(ExactMath.RoundBf16)];
                if (kind == ElementKind.F16) expected = [.. expected.Select(static value => (float)(Half)value)];
                Assert.That(folder.Read(name, rows, columns), Is.EqualTo(expected), name);
            }
        }
    }

    [Test]
    public void Shards_are_found_by_their_index_and_an_index_cannot_leave_the_folder()
    {
        string path = _folder.FullName;
        GeneratedModel.Write(path, GeneratedModel.Localnet with { Layers = 1 });
        File.Move(Path.Combine(path, "model.safetensors"), Path.Combine(path, "model-00001-of-00001.safetensors"));
        string index = Path.Combine(path, "model.safetensors.index.json");
        File.WriteAllText(index, """{"metadata":{},"weight_map":{"lm_head.weight":"model-00001-of-00001.safetensors"}}""");
        using (ModelFolder folder = ModelFolder.Open(path)) Assert.That(folder.Has(TensorNames.Output));
        foreach (string name in new[] { "../model.safetensors", "/etc/passwd", "a/b.safetensors", "", "x.bin" })
        {
            File.WriteAllText(index, "{\"weight_map\":{\"lm_head.weight\":\"" + name + "\"}}");
            Assert.That(Assert.Throws<InferenceException>(() => ModelFolder.Open(path))!.Message, Does.Contain("none of the folder"));
        }
    }

    [Test]
    public void A_tensor_of_another_shape_or_none_is_refused_by_name()
    {
        GeneratedModel.Write(_folder.FullName, GeneratedModel.Localnet with { Layers = 1 });
        using ModelFolder folder = ModelFolder.Open(_folder.FullName);
        Assert.That(Assert.Throws<InferenceException>(() => folder.Read(TensorNames.FinalNorm, 129, 1))!.Message, Does.Contain("[128]"));
        Assert.That(Assert.Throws<InferenceException>(() => folder.Read("none", 1, 1))!.Message, Does.Contain("no tensor none"));
    }

    [Test]
    public void The_roots_of_a_model_are_recomputed_by_hand()
    {
        // One tensor of two rows: leaves by SHA-256 over the stated bytes, one inner node.
        byte[] data = [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40];
        string path = Path.Combine(_folder.FullName, "model.safetensors");
        File.Move(Write("""{"ab":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""", data), path);
        byte[] file = File.ReadAllBytes(path);
        byte[] whole = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)file.Length, .. file];
        Assert.That(WeightRoots.OfFiles([path]), Is.EqualTo(Sha(whole)));
        Hash256 left = Sha([2, 0, 2, (byte)'a', (byte)'b', 0, 0, 0, 0, .. data.AsSpan(0, 4)]);
        Hash256 right = Sha([2, 0, 2, (byte)'a', (byte)'b', 0, 0, 0, 1, .. data.AsSpan(4, 4)]);
        File.WriteAllText(Path.Combine(_folder.FullName, "config.json"), """
            {"hidden_size":2,"intermediate_size":2,"num_hidden_layers":1,"num_attention_heads":1,"vocab_size":2}
            """);
        using ModelFolder folder = ModelFolder.Open(_folder.FullName);
        Assert.That(WeightRoots.OfRows(folder), Is.EqualTo(Sha([1, .. left.ToArray(), .. right.ToArray()])));
    }

    private static IEnumerable<TestCaseData> Configs =>
        new (string Field, string Json, string What)[]
        {
            ("model_type", "\"gpt2\"", "gpt2"), ("hidden_act", "\"gelu\"", "gelu"), ("hidden_size", "0", "hidden_size"),
            ("hidden_size", "99999999", "hidden_size"), ("hidden_size", "\"x\"", "hidden_size"),
                ("num_hidden_layers", "100000", "num_hidden_layers"),
            ("vocab_size", "null", "vocab_size"), ("num_attention_heads", "3", "divide"), ("num_key_value_heads", "3", "divide"),
            ("head_dim", "3", "head_dim"), ("head_dim", "1024", "head_dim"), ("rms_norm_eps", "-1", "rms_norm_eps"),
            ("rope_theta", "0", "rope_theta"), ("eos_token_id", "[1,99999]", "eos_token_id"),
            ("rope_scaling", "{\"rope_type\":\"yarn\",\"factor\":2}", "yarn"),
                ("rope_scaling", "{\"type\":\"linear\",\"factor\":0}", "factor"),
        }.Select(static one => new TestCaseData(one.Field, one.Json, one.What).SetName($"A config is refused: {one.Field} {one.Json}"));

    [TestCaseSource(nameof(Configs))]
    public void A_config_is_refused_by_its_field(string field, string json, string what)
    {
        const string Good = """
            {"hidden_size":64,"intermediate_size":8,"num_hidden_layers":1,"num_attention_heads":4,"num_key_value_heads":2,"vocab_size":9,
             "max_position_embeddings":64}
            """;
        Assert.That(ModelConfig.Parse(Encoding.UTF8.GetBytes(Good)).HeadWidth, Is.EqualTo(16));
        System.Text.Json.Nodes.JsonNode root = System.Text.Json.Nodes.JsonNode.Parse(Good)!;
        root[field] = System.Text.Json.Nodes.JsonNode.Parse(json);
        InferenceException error = Assert.Throws<InferenceException>(() => ModelConfig.Parse(Encoding.UTF8.GetBytes(root.ToJsonString())))!;
        Assert.That(error.Message, Does.Contain(what));
    }

    private static Hash256 Sha(ReadOnlySpan<byte> bytes) => new(System.Security.Cryptography.SHA256.HashData(bytes));

    private static string Tensor(string name, int from, int to) =>
        $"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{(to - from) / 4}],\"data_offsets\":[{from},{to}]}}";

    private string Write(string header, byte[] bytes)
    {
        string path = Path.Combine(_folder.FullName, "file.safetensors");
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)text.Length);
        File.WriteAllBytes(path, [.. prefix, .. text, .. bytes]);
        return path;
    }
}
