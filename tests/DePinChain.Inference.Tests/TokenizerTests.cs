using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Inference.Tokenizers;

namespace DePinChain.Inference.Tests;

/// <summary>
/// Texts against the JavaScript library of the tokenizers' own authors (Vectors/tokenizers.json), and files that must be refused.
/// </summary>
public sealed class TokenizerTests
{
    private static IEnumerable<TestCaseData> Cases =>
        from tokenizer in KnownVectors.Tokenizers.GetProperty("tokenizers").EnumerateObject()
        from one in tokenizer.Value.GetProperty("cases").EnumerateArray().Select(static (one, at) => at)
        select new TestCaseData(tokenizer.Name, one);

    [TestCaseSource(nameof(Cases))]
    public void A_text_has_the_tokens_of_the_reference_and_comes_back(string name, int number)
    {
        JsonElement tokenizer = KnownVectors.Tokenizers.GetProperty("tokenizers").GetProperty(name);
        JsonElement one = tokenizer.GetProperty("cases")[number];
        string text = one.GetProperty("text").GetString()!;
        BytePairTokenizer under = Parse(tokenizer.GetProperty("json").GetRawText());
        IReadOnlyList<int> tokens = under.Encode(text);
        Assert.That(tokens, Is.EqualTo(KnownVectors.Integers(one.GetProperty("ids"))));
        Assert.That(under.Decode(tokens), Is.EqualTo(one.GetProperty("decoded").GetString()));
    }

    [Test]
    public void Bytes_of_tokens_put_together_are_the_text()
    {
        BytePairTokenizer under = Parse(Json("bytelevel"));
        const string Text = "日本語 and naïve 👩‍🚀";
        byte[] bytes = [.. under.Encode(Text).SelectMany(token => under.BytesOf(token))];
        Assert.That(Encoding.UTF8.GetString(bytes), Is.EqualTo(Text));
        Assert.That(under.BytesOf(1 << 19), Is.Empty);
    }

    [Test]
    public void A_million_equal_letters_are_tokenized_in_time_and_one_more_is_refused()
    {
        BytePairTokenizer under = Parse(Json("bytelevel"));
        string text = new('a', BytePairTokenizer.TextLengthMax);
        Assert.That(under.Decode(under.Encode(text)), Is.EqualTo(text));
        Assert.Throws<InferenceException>(() => under.Encode(text + "a"));
    }

    [Test]
    public void Training_gives_the_same_file_for_the_same_text()
    {
        const string Text = "a rose is a rose is a rose";
        byte[] first = BytePairTrainer.Train(Text, 270);
        Assert.That(BytePairTrainer.Train(Text, 270), Is.EqualTo(first));
    }

    [Test]
    public void The_most_frequent_pair_is_merged_first()
    {
        // By hand, words with the space before them: " low" twice, " lower", " lowest" once each. Ġl, lo and ow stand four times each; of
        // these "Ġ" (U+0120) sorts behind "l" and "o", and "l o" before "o w": so "lo" is first, then "low" (l·o·w four times) beats Ġ lo.
        using JsonDocument file = JsonDocument.Parse(BytePairTrainer.Train("low low lower lowest", 300));
        string[] merges = [.. file.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(static one =>
            one.GetString()!)];
        Assert.That(merges.Take(4), Is.EqualTo(new[] { "l o", "lo w", "Ġ low", "Ġlow e" }));
        Assert.That(merges, Has.Length.EqualTo(4));
    }

    private static IEnumerable<TestCaseData> Refusals
    {
        get
        {
            yield return Refusal("no JSON", "{", "no JSON");
            yield return Refusal("a list", "[]", "no object");
            yield return Refusal("no model", "{}", "no model");
            yield return Changed("another model", static root => root["model"]!["type"] = "Unigram", "Unigram");
            yield return Changed("a vocabulary that is a list", static root => root["model"]!["vocab"] = new JsonArray(), "vocab");
            yield return Changed("a token twice", static root => root["model"]!["vocab"]!["zz"] = 65, "wrong id");
            yield return Changed("a negative id", static root => root["model"]!["vocab"]!["zz"] = -1, "wrong id");
            yield return Changed("a merge of three", static root => root["model"]!["merges"]!.AsArray().Add("a b c"), "no pair");
            yield return Changed("a merge of strangers", static root =>
                root["model"]!["merges"]!.AsArray().Add("zz yy"), "not in the vocabulary");
            yield return Changed("another splitter", static root => root["pre_tokenizer"]!["type"] = "Digits", "Digits");
            yield return Changed("another normalizer", static root => root["normalizer"] = JsonNode.Parse("{\"type\":\"NFC\"}"), "NFC");
            yield return Changed("another template", static root => root["post_processor"]!["type"] = "BertProcessing", "BertProcessing");
            yield return Changed(
                "a template of strangers", static root =>
                    root["post_processor"]!["single"]![0]!["SpecialToken"]!["id"] = "<none>", "no token");
            yield return Changed("an added token without text", static root => root["added_tokens"]![0]!["content"] = "", "no text");
            yield return Changed(
                "an expression that does not parse",
                static root => root["pre_tokenizer"] = JsonNode
                    .Parse("{\"type\":\"Split\",\"behavior\":\"Isolated\",\"pattern\":{\"Regex\":\"(\"}}"),
                "does not parse");
        }
    }

    [TestCaseSource(nameof(Refusals))]
    public void A_file_of_another_kind_is_refused_by_name(string json, string what)
    {
        InferenceException error = Assert.Throws<InferenceException>(() => Parse(json))!;
        Assert.That(error.Message, Does.Contain(what));
    }

    [Test]
    public void An_expression_that_takes_for_ever_is_stopped()
    {
        JsonNode root = JsonNode.Parse(Json("bytelevel"))!;
        root["pre_tokenizer"] = JsonNode.Parse("{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"behavior\":\"Isolated\","
            + "\"pattern\":{\"Regex\":\"(a+)+$\"}},{\"type\":\"ByteLevel\",\"use_regex\":false}]}");
        InferenceException error = Assert.Throws<InferenceException>(() => Parse(root.ToJsonString()).Encode(new string('a', 60) + "!"))!;
        Assert.That(error.Message, Does.Contain("too long"));
    }

    private static TestCaseData Refusal(string name, string json, string what) =>
        new TestCaseData(json, what).SetName($"A file of another kind is refused: {name}");

    private static TestCaseData Changed(string name, Action<JsonNode> change, string what)
    {
        JsonNode root = JsonNode.Parse(Json("bytelevel"))!;
        change(root);
        return Refusal(name, root.ToJsonString(), what);
    }

    private static string Json(string name) =>
        KnownVectors.Tokenizers.GetProperty("tokenizers").GetProperty(name).GetProperty("json").GetRawText();

    private static BytePairTokenizer Parse(string json) => BytePairTokenizer.Parse(Encoding.UTF8.GetBytes(json));
}
