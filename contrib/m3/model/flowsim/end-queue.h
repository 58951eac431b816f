// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_END_QUEUE_H
#define M3_END_QUEUE_H

#include <cstdint>
#include <limits>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-flowsim
/// Times by id, the earliest first: a heap that knows where each id stands, so that a time can change. Ids are small.
class EndQueue
{
  public:
    /// Whether no id has a time.
    bool Empty() const
    {
        return m_heap.empty();
    }

    /// \pre not empty
    double EarliestTime() const
    {
        return m_heap.front().time;
    }

    /// \pre not empty
    uint32_t EarliestId() const
    {
        return m_heap.front().id;
    }

    /// Sets the time of an id, which may be new.
    void Set(uint32_t id, double time)
    {
        if (id >= m_position.size())
        {
            m_position.resize(id + 1, ABSENT);
        }
        std::size_t at = m_position[id];
        if (at == ABSENT)
        {
            at = m_heap.size();
            m_heap.push_back({time, id});
        }
        const bool earlier = at > 0 && time < m_heap[(at - 1) / ARITY].time;
        earlier ? Rise(at, {time, id}) : Sink(at, {time, id});
    }

    /// \pre the id has a time
    void Remove(uint32_t id)
    {
        const std::size_t at = m_position[id];
        m_position[id] = ABSENT;
        const Entry last = m_heap.back();
        m_heap.pop_back();
        if (last.id != id)
        {
            const bool earlier = at > 0 && last.time < m_heap[(at - 1) / ARITY].time;
            earlier ? Rise(at, last) : Sink(at, last);
        }
    }

  private:
    static constexpr std::size_t ARITY = 4;
    static constexpr uint32_t ABSENT = std::numeric_limits<uint32_t>::max();

    struct Entry
    {
        double time;
        uint32_t id;
    };

    void Put(std::size_t at, const Entry& entry)
    {
        m_heap[at] = entry;
        m_position[entry.id] = static_cast<uint32_t>(at);
    }

    void Rise(std::size_t at, const Entry& entry)
    {
        for (std::size_t parent = (at - 1) / ARITY; at > 0 && entry.time < m_heap[parent].time;
             parent = (at - 1) / ARITY)
        {
            Put(at, m_heap[parent]);
            at = parent;
        }
        Put(at, entry);
    }

    void Sink(std::size_t at, const Entry& entry)
    {
        for (std::size_t first = ARITY * at + 1; first < m_heap.size(); first = ARITY * at + 1)
        {
            std::size_t earliest = first;
            const std::size_t end = first + ARITY < m_heap.size() ? first + ARITY : m_heap.size();
            for (std::size_t child = first + 1; child < end; child++)
            {
                earliest = m_heap[child].time < m_heap[earliest].time ? child : earliest;
            }
            if (!(m_heap[earliest].time < entry.time))
            {
                break;
            }
            Put(at, m_heap[earliest]);
            at = earliest;
        }
        Put(at, entry);
    }

    std::vector<Entry> m_heap;
    std::vector<uint32_t> m_position; //!< by id, in m_heap
};

} // namespace ns3::m3

#endif // M3_END_QUEUE_H
