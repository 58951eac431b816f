// SPDX-License-Identifier: GPL-2.0-only
#include "window-share.h"

#include "ns3/m3-estimate-share.h"

#include <cstring>

namespace ns3::m3
{

namespace
{

// Values of 64 bits travel as three floats, each of which holds a part of them as a whole number.
constexpr uint32_t PARTS_OF_VALUE = 3;
constexpr uint32_t PART_BITS = 22;
static_assert(PARTS_OF_VALUE * PART_BITS >= 64 && PART_BITS <= 24, "a float holds whole numbers of 24 bits");

class FloatWriter
{
  public:
    void Write(uint64_t value)
    {
        for (uint32_t part = 0; part < PARTS_OF_VALUE; part++)
        {
            m_floats.push_back(static_cast<float>(value & ((1U << PART_BITS) - 1)));
            value >>= PART_BITS;
        }
    }

    void Write(double value)
    {
        uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof(bits));
        Write(bits);
    }

    const std::vector<float>& Floats() const
    {
        return m_floats;
    }

  private:
    std::vector<float> m_floats;
};

class FloatReader
{
  public:
    explicit FloatReader(const std::vector<float>& floats)
        : m_next(floats.data()),
          m_end(floats.data() + floats.size())
    {
    }

    bool IsAtEnd() const
    {
        return m_next == m_end;
    }

    uint64_t Integer()
    {
        uint64_t value = 0;
        for (uint32_t part = 0; part < PARTS_OF_VALUE; part++)
        {
            value |= static_cast<uint64_t>(*m_next++) << (part * PART_BITS);
        }
        return value;
    }

    double Real()
    {
        const uint64_t bits = Integer();
        double value = 0;
        std::memcpy(&value, &bits, sizeof(value));
        return value;
    }

  private:
    const float* m_next;
    const float* m_end;
};

void WriteWindow(const WindowOutcome& window, FloatWriter& writer)
{
    for (const uint64_t count :
         {window.kind, window.cut, window.gaveUp, window.underWay, window.dataHops, window.drops})
    {
        writer.Write(count);
    }
    writer.Write(uint64_t{window.flows.size()});
    for (const WindowFlow& flow : window.flows)
    {
        writer.Write(uint64_t{flow.flow});
        writer.Write(flow.slowdown);
        writer.Write(flow.weight);
        writer.Write(uint64_t{flow.isCut});
    }
}

WindowOutcome ReadWindow(FloatReader& reader)
{
    WindowOutcome window;
    for (uint64_t* count :
         {&window.kind, &window.cut, &window.gaveUp, &window.underWay, &window.dataHops, &window.drops})
    {
        *count = reader.Integer();
    }
    window.flows.resize(reader.Integer());
    for (WindowFlow& flow : window.flows)
    {
        flow.flow = static_cast<uint32_t>(reader.Integer());
        flow.slowdown = reader.Real();
        flow.weight = reader.Real();
        flow.isCut = reader.Integer() != 0;
    }
    return window;
}

} // namespace

std::vector<WindowOutcome> GatherWindows(EstimateShare& share, const std::vector<WindowOutcome>& mine)
{
    FloatWriter writer;
    for (const WindowOutcome& window : mine)
    {
        WriteWindow(window, writer);
    }
    const std::vector<std::vector<float>> all = share.Gather(writer.Floats());
    std::vector<FloatReader> readers(all.begin(), all.end());
    std::vector<WindowOutcome> windows;
    for (std::size_t w = 0; !readers.empty() && !readers[w % readers.size()].IsAtEnd(); w++)
    {
        windows.push_back(ReadWindow(readers[w % readers.size()]));
    }
    return windows;
}

} // namespace ns3::m3
