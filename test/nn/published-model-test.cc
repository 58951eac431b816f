// SPDX-License-Identifier: GPL-2.0-only
// The published network against a plain evaluation of the same weights, from the files of the published system.
#include "temporary-folder.h"

#include "core/random-stream.h"
#include "features/path-maps.h"
#include "nn/model-checkpoint.h"
#include "nn/path-map-model.h"
#include "ns3/m3-input-error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace ns3::m3;

namespace
{

using Vector = std::vector<double>;

constexpr std::size_t INPUTS = MAP_ROW_INPUTS + PATH_PARAMETERS;

/// The weights of a small published network, drawn at random, in the order of its files.
struct Weights
{
    static constexpr int WIDTH = 16;
    static constexpr int HIDDEN = 24;
    static constexpr int LAYERS = 2;
    static constexpr int HEADS = 2;
    static constexpr int TOKENS = 8;
    static constexpr int PERCEPTRON = 20;

    struct Layer
    {
        Vector attentionNorm, wq, wk, wv, wo, perceptronNorm, w1, w2, w3;
    };

    RandomStream random{5};
    Vector embedding, embeddingBias, norm, rotary, context;
    Layer layers[LAYERS];
    Vector p1, b1, p2, b2, p3, b3, ofEmptyBucket;

    Vector Draw(std::size_t count, double scale, double offset = 0)
    {
        Vector values;
        for (std::size_t i = 0; i < count; i++)
        {
            // what a file of floats can hold
            values.push_back(static_cast<float>(offset + scale * random.Uniform(-1, 1)));
        }
        return values;
    }

    Weights()
    {
        constexpr std::size_t SQUARE = WIDTH * WIDTH;
        constexpr std::size_t WIDE = WIDTH * HIDDEN;
        embedding = Draw(INPUTS * WIDTH, 0.02);
        embeddingBias = Draw(WIDTH, 0.1);
        for (Layer& layer : layers)
        {
            layer = {Draw(WIDTH, 0.3, 1),
                     Draw(SQUARE, 0.5),
                     Draw(SQUARE, 0.5),
                     Draw(SQUARE, 0.5),
                     Draw(SQUARE, 0.5),
                     Draw(WIDTH, 0.3, 1),
                     Draw(WIDE, 0.5),
                     Draw(WIDE, 0.5),
                     Draw(WIDE, 0.5)};
        }
        norm = Draw(WIDTH, 0.3, 1);
        rotary = Draw(TOKENS * WIDTH / HEADS, 1); // may hold anything: it follows from the positions
        context = Draw(SQUARE, 0.5);
        p1 = Draw((INPUTS + WIDTH) * PERCEPTRON, 0.02);
        b1 = Draw(PERCEPTRON, 0.1);
        p2 = Draw(PERCEPTRON * PERCEPTRON, 0.3);
        b2 = Draw(PERCEPTRON, 0.1);
        p3 = Draw(std::size_t{PERCEPTRON} * PATH_LABELS, 0.3);
        b3 = Draw(PATH_LABELS, 0.1);
        ofEmptyBucket = Draw(MAP_PERCENTILES, 1);
    }

    static void Put(std::ostream& out, const Vector& values)
    {
        for (double value : values)
        {
            const auto narrow = static_cast<float>(value);
            out.write(reinterpret_cast<const char*>(&narrow), sizeof narrow);
        }
    }

    void Write(const std::string& transformer, const std::string& perceptron) const
    {
        const int32_t header[] = {WIDTH, HIDDEN, LAYERS, HEADS, HEADS, -static_cast<int32_t>(INPUTS), TOKENS};
        std::ofstream out(transformer, std::ios::binary);
        out.write(reinterpret_cast<const char*>(header), sizeof header);
        Put(out, embedding);
        Put(out, embeddingBias);
        for (const auto part : {&Layer::attentionNorm,
                                &Layer::wq,
                                &Layer::wk,
                                &Layer::wv,
                                &Layer::wo,
                                &Layer::perceptronNorm,
                                &Layer::w1,
                                &Layer::w2,
                                &Layer::w3})
        {
            for (const Layer& layer : layers)
            {
                Put(out, layer.*part);
            }
        }
        Put(out, norm);
        Put(out, rotary);
        Put(out, context);
        const int32_t sizes[] = {static_cast<int32_t>(INPUTS) + WIDTH, PERCEPTRON, PERCEPTRON, PATH_LABELS, 100};
        std::ofstream last(perceptron, std::ios::binary);
        last.write(reinterpret_cast<const char*>(sizes), sizeof sizes);
        for (const Vector* part : {&p1, &b1, &p2, &b2, &p3, &b3, &ofEmptyBucket})
        {
            Put(last, *part);
        }
    }
};

/// weights [out][in] times x
Vector Times(const Vector& weights, const Vector& x)
{
    Vector y(weights.size() / x.size(), 0);
    for (std::size_t i = 0; i < y.size(); i++)
    {
        for (std::size_t j = 0; j < x.size(); j++)
        {
            y[i] += weights[i * x.size() + j] * x[j];
        }
    }
    return y;
}

void Add(Vector& x, const Vector& y)
{
    for (std::size_t i = 0; i < x.size(); i++)
    {
        x[i] += y[i];
    }
}

Vector RmsNormed(const Vector& x, const Vector& weight)
{
    double square = 0;
    for (double value : x)
    {
        square += value * value / static_cast<double>(x.size());
    }
    Vector y = x;
    for (std::size_t i = 0; i < x.size(); i++)
    {
        y[i] *= weight[i] / std::sqrt(square + 1e-5);
    }
    return y;
}

/// Turns each adjacent pair of a head by position * 10000^(-2 i / size).
void Rotate(Vector& x, std::size_t position)
{
    constexpr std::size_t EACH = Weights::WIDTH / Weights::HEADS;
    for (std::size_t i = 0; i < x.size(); i += 2)
    {
        const double exponent = static_cast<double>(i % EACH) / EACH;
        const double angle = static_cast<double>(position) * std::pow(10'000, -exponent);
        const double even = x[i];
        x[i] = even * std::cos(angle) - x[i + 1] * std::sin(angle);
        x[i + 1] = even * std::sin(angle) + x[i + 1] * std::cos(angle);
    }
}

/// One path after the description of the network (docs/guide.md; Touvron et al. 2023), a token at a time.
Vector Evaluate(const Weights& weights, std::vector<Vector> rows)
{
    constexpr std::size_t EACH = Weights::WIDTH / Weights::HEADS;
    std::vector<Vector> x;
    for (std::size_t row = 1; row < rows.size(); row++)
    {
        x.push_back(Times(weights.embedding, rows[row]));
        Add(x.back(), weights.embeddingBias);
    }
    for (const Weights::Layer& layer : weights.layers)
    {
        std::vector<Vector> keys;
        std::vector<Vector> values;
        for (std::size_t token = 0; token < x.size(); token++)
        {
            const Vector normed = RmsNormed(x[token], layer.attentionNorm);
            Vector query = Times(layer.wq, normed);
            keys.push_back(Times(layer.wk, normed));
            values.push_back(Times(layer.wv, normed));
            Rotate(query, token);
            Rotate(keys.back(), token);
            Vector mixed(Weights::WIDTH, 0);
            for (std::size_t head = 0; head < Weights::HEADS; head++)
            {
                Vector share;
                double sum = 0;
                for (std::size_t other = 0; other <= token; other++)
                {
                    double product = 0;
                    for (std::size_t i = head * EACH; i < (head + 1) * EACH; i++)
                    {
                        product += query[i] * keys[other][i];
                    }
                    share.push_back(std::exp(product / std::sqrt(EACH)));
                    sum += share.back();
                }
                for (std::size_t other = 0; other <= token; other++)
                {
                    for (std::size_t i = head * EACH; i < (head + 1) * EACH; i++)
                    {
                        mixed[i] += share[other] / sum * values[other][i];
                    }
                }
            }
            Add(x[token], Times(layer.wo, mixed));
        }
        for (Vector& token : x)
        {
            const Vector normed = RmsNormed(token, layer.perceptronNorm);
            Vector gate = Times(layer.w1, normed);
            const Vector up = Times(layer.w3, normed);
            for (std::size_t i = 0; i < gate.size(); i++)
            {
                gate[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
            }
            Add(token, Times(layer.w2, gate));
        }
    }
    Vector input = rows[0];
    Vector mean(Weights::WIDTH, 0);
    for (const Vector& token : x)
    {
        for (std::size_t i = 0; i < mean.size(); i++)
        {
            mean[i] += Times(weights.context, RmsNormed(token, weights.norm))[i] / static_cast<double>(x.size());
        }
    }
    input.insert(input.end(), mean.begin(), mean.end());
    const auto layer = [](const Vector& matrix, const Vector& bias, const Vector& in, double lowest)
    {
        Vector out = Times(matrix, in);
        Add(out, bias);
        for (double& value : out)
        {
            value = std::max(lowest, value);
        }
        return out;
    };
    const Vector hidden = layer(weights.p2, weights.b2, layer(weights.p1, weights.b1, input, 0), 0);
    Vector out = layer(weights.p3, weights.b3, hidden, -1e9);
    for (double& value : out)
    {
        value += 1;
    }
    return out;
}

class PublishedModelTest : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        folder = TemporaryFolder() / "m3-published";
        std::filesystem::create_directories(folder);
        weights.Write(File("transformer.bin"), File("perceptron.bin"));
    }

    void TearDown() override
    {
        std::filesystem::remove_all(folder);
    }

    std::string File(const std::string& name) const
    {
        return (folder / name).string();
    }

    int Convert() const
    {
        const std::string command = std::string(M3_BIN_DIR) +
                                    "/m3-train --model=published --transformer=" + File("transformer.bin") +
                                    " --perceptron=" + File("perceptron.bin") + " --checkpoint=" + File("model.pt") +
                                    " > " + File("log") + " 2>&1";
        return std::system(command.c_str());
    }

    Weights weights;
    std::filesystem::path folder;
};

} // namespace

TEST_F(PublishedModelTest, EqualsAPlainEvaluationOfTheSameWeights)
{
    ASSERT_EQ(Convert(), 0);
    const auto model = PathMapModel::Load(File("model.pt"));
    RandomStream random(11);
    PathMaps maps;
    std::vector<std::vector<Vector>> expectedInputs;
    for (uint32_t rows : {3, 7, 5, 3})
    {
        std::vector<Vector> inputs;
        Vector parameters;
        for (uint32_t i = 0; i < PATH_PARAMETERS; i++)
        {
            maps.parameters.push_back(static_cast<float>(random.Uniform(0, 20)));
            parameters.push_back(maps.parameters.back());
        }
        for (uint32_t row = 0; row < rows; row++)
        {
            Vector input;
            for (uint32_t bucket = 0; bucket < MAP_BUCKETS; bucket++)
            {
                const bool empty = random.Uniform() < 0.4;
                for (uint32_t p = 0; p < MAP_PERCENTILES; p++)
                {
                    maps.slowdown.push_back(empty ? 0 : static_cast<float>(random.LogUniform(1, 30)));
                    input.push_back(empty ? weights.ofEmptyBucket[p] : maps.slowdown.back());
                }
            }
            input.insert(input.end(), parameters.begin(), parameters.end());
            inputs.push_back(input);
        }
        maps.rowBegin.push_back(maps.rowBegin.back() + rows);
        maps.flows.insert(maps.flows.end(), LABEL_BUCKETS, 1);
        expectedInputs.push_back(inputs);
    }
    const std::vector<float> predicted = model->Predict(maps);
    ASSERT_EQ(predicted.size(), expectedInputs.size() * PATH_LABELS);
    for (std::size_t path = 0; path < expectedInputs.size(); path++)
    {
        const Vector expected = Evaluate(weights, expectedInputs[path]);
        for (uint32_t i = 0; i < PATH_LABELS; i++)
        {
            ASSERT_NEAR(predicted[path * PATH_LABELS + i], expected[i], 2e-4 * (1 + std::abs(expected[i])))
                << "path " << path << ", label " << i;
        }
    }
}

TEST_F(PublishedModelTest, RefusesFilesThatDoNotFit)
{
    std::filesystem::resize_file(File("perceptron.bin"), std::filesystem::file_size(File("perceptron.bin")) - 4);
    EXPECT_NE(Convert(), 0);
    EXPECT_FALSE(std::filesystem::exists(File("model.pt")));
    weights.Write(File("transformer.bin"), File("perceptron.bin"));
    std::filesystem::copy_file(File("perceptron.bin"),
                               File("transformer.bin"),
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_NE(Convert(), 0);
    EXPECT_FALSE(std::filesystem::exists(File("model.pt")));
    EXPECT_THROW(PathMapModel::Load(File("transformer.bin")), InputError);
    EXPECT_THROW(PathMapModel::Load(File("none.pt")), InputError);
}

TEST_F(PublishedModelTest, RefusesFilesWhoseLengthIsNotWhatTheirHeaderSays)
{
    const auto bytes = [this](const std::string& name)
    {
        std::ifstream in(File(name), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const std::string transformer = bytes("transformer.bin");
    const std::string perceptron = bytes("perceptron.bin");
    const auto errorOf = [](const std::string& first, const std::string& second) -> std::string
    {
        std::istringstream ofFirst(first);
        std::istringstream ofSecond(second);
        try
        {
            ReadPublishedFiles(ofFirst, "first", ofSecond, "second");
        }
        catch (const InputError& error)
        {
            return error.what();
        }
        return "";
    };
    ASSERT_EQ(errorOf(transformer, perceptron), "");
    const auto with = [](std::string whole, std::size_t place, int32_t value)
    {
        std::memcpy(&whole[4 * place], &value, sizeof value);
        return whole;
    };
    const auto widthOf = [](const std::string& whole)
    {
        int32_t width;
        std::memcpy(&width, whole.data(), sizeof width);
        return width;
    };
    // seven numbers, and what would be a network of many gigabytes: of 65535 layers, 65534 wide, and both of them large
    const std::string header = transformer.substr(0, 28);
    for (const std::string& bomb :
         {with(header, 2, 65'535), with(with(header, 0, 65'534), 3, 1), with(with(header, 1, 65'535), 2, 32)})
    {
        const std::string error = errorOf(with(bomb, 4, bomb[12]), with(perceptron, 0, widthOf(bomb) + INPUTS));
        EXPECT_EQ(error.rfind("first: is no checkpoint of the published m3, or damaged: ", 0), 0U) << error;
    }
    const auto expect = [&](const std::string& first, const std::string& second, const std::string& message)
    {
        const std::string error = errorOf(first, second);
        EXPECT_NE(error.find(message), std::string::npos) << error;
    };
    expect(header, perceptron, "first: is no checkpoint of the published m3, or damaged: its length");
    expect(with(transformer, 2, 33), perceptron, "layers must be 1 to 32");
    expect(with(transformer, 2, 0), perceptron, "its header cannot be");
    expect(with(transformer, 3, 0), perceptron, "its header cannot be");
    expect(with(transformer, 0, -16), perceptron, "its header cannot be");
    expect(with(transformer, 6, 65'535), perceptron, "its length");
    expect(transformer, with(perceptron, 1, 65'535), "second: is no checkpoint");
    expect(transformer,
           with(with(perceptron, 1, 65'535), 2, 65'535),
           "second: is no checkpoint of the published m3, or damaged: its length");
    expect(transformer + "....", perceptron, "its length");
    expect(transformer, perceptron + '.', "its length");
    const int32_t notANumber = 0x7FC00000;
    expect(with(transformer, 1000, notANumber), perceptron, "its numbers are not finite");
    expect(transformer, with(perceptron, 1000, notANumber), "its numbers are not finite");
    for (std::size_t length = 0; length < 28; length++)
    {
        expect(transformer.substr(0, length), perceptron, "its header is cut off");
    }
    for (std::size_t length = 28; length < transformer.size(); length += 331)
    {
        expect(transformer.substr(0, length), perceptron, "its length");
    }
}
