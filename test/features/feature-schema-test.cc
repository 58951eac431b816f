// SPDX-License-Identifier: GPL-2.0-only
// A new input is one row of a schema: number, name, place, value and range follow from it.
#include "features/feature-schema.h"
#include "features/input-ranges.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3::m3;

namespace
{

struct FlowStart
{
    double bytes;
};

struct FlowEnd
{
    double others;
};

using Row = InputRow<FlowStart, FlowEnd>;

constexpr Row BEFORE_IT[] = {
    {"size in bytes", InputScale::LOG, [](const FlowStart& start) { return std::log(start.bytes); }},
    {"flows met", InputScale::LOG1P, [](const FlowEnd& end) { return std::log1p(end.others); }},
};

constexpr Row WITH_IT[] = {
    {"size in bytes", InputScale::LOG, [](const FlowStart& start) { return std::log(start.bytes); }},
    {"flows met", InputScale::LOG1P, [](const FlowEnd& end) { return std::log1p(end.others); }},
    {"packets", InputScale::PLAIN, [](const FlowStart& start) { return std::ceil(start.bytes / 1000); }},
};

static_assert(PlaceOf(WITH_IT, "packets") == std::size(BEFORE_IT));
static_assert(PlaceOf(WITH_IT, "flows met") == PlaceOf(BEFORE_IT, "flows met"));

/// FNV-1a over names and scales.
template <std::size_t N>
uint64_t Fingerprint(const std::array<InputName, N>& names)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const InputName& name : names)
    {
        for (const char c : std::string(name.text) + std::to_string(static_cast<int>(name.scale)) + '\n')
        {
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        }
    }
    return hash;
}

} // namespace

TEST(FeatureSchema, ARowIsANewInput)
{
    constexpr auto NAMES = NamesOf(WITH_IT);
    ASSERT_EQ(NAMES.size(), 3U);
    EXPECT_STREQ(NAMES[2].text, "packets");
    std::vector<float> row(NAMES.size(), -1);
    WriteInputs<WITH_IT>(FlowStart{2500}, row.data());
    EXPECT_FLOAT_EQ(row[0], std::log(2500.0F));
    EXPECT_EQ(row[1], -1); // known at the end only
    EXPECT_EQ(row[2], 3);
    WriteInputs<WITH_IT>(FlowEnd{4}, row.data());
    EXPECT_FLOAT_EQ(row[0], std::log(2500.0F));
    EXPECT_FLOAT_EQ(row[1], std::log(5.0F));
    EXPECT_EQ(row[2], 3);
    std::vector<float> shorter(std::size(BEFORE_IT), -1);
    WriteInputs<BEFORE_IT>(FlowStart{2500}, shorter.data());
    EXPECT_EQ(shorter[0], row[0]);
}

TEST(FeatureSchema, ANewInputIsNotedOutsideOfItsRange)
{
    constexpr auto NAMES = NamesOf(WITH_IT);
    const std::vector<float> values{1, 0, 3, 1, 0, 9};
    std::vector<std::string> lines;
    AddOutOfRange(values, NAMES.data(), {0, 0, 1}, {2, 1, 4}, "rows", lines);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0], "packets: 9 for 50 % of rows, trained on 1 to 4");
}

TEST(FeatureSchema, NamesAreUnlike)
{
    for (std::size_t i = 0; i < FLOW_INPUTS; i++)
    {
        EXPECT_EQ(PlaceOf(FLOW_SCHEMA, FLOW_INPUT_NAMES[i].text), i);
    }
    for (std::size_t i = 0; i < HOP_INPUTS; i++)
    {
        EXPECT_EQ(PlaceOf(HOP_SCHEMA, HOP_INPUT_NAMES[i].text), i);
    }
    EXPECT_THROW(PlaceOf(FLOW_SCHEMA, "no such input"), std::invalid_argument);
}

// Checkpoints and samples know inputs by their place. Other rows need another FEATURE_VERSION; then this test is new.
TEST(FeatureSchema, AVersionHasItsInputs)
{
    ASSERT_EQ(FEATURE_VERSION, 6U);
    EXPECT_EQ(FLOW_INPUTS, 34U);
    EXPECT_EQ(HOP_INPUTS, 50U);
    EXPECT_EQ(Fingerprint(FLOW_INPUT_NAMES), 0x758a6b82573ac794U);
    EXPECT_EQ(Fingerprint(HOP_INPUT_NAMES), 0xfe0c24394771bbd4U);
    EXPECT_EQ(LOG_IDEAL, 3U);
    EXPECT_EQ(LOG_FLUID, 4U);
    EXPECT_EQ(HAS_PFC, 11U);
    EXPECT_EQ(IS_DCTCP, 12U);
    EXPECT_EQ(LOG_DCTCP_K, 17U);
    EXPECT_EQ(LINK_LOAD, 5U);
    EXPECT_EQ(QUEUE, 30U);
    EXPECT_EQ(LIFETIME_QUEUE, 39U);
    EXPECT_EQ(LOG_POOL, 45U);
}
