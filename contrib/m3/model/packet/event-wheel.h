#ifndef M3_EVENT_WHEEL_H
#define M3_EVENT_WHEEL_H

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <queue>
#include <vector>

namespace ns3::m3
{

/// What an engine event does.
enum class EventType : uint8_t
{
    ARRIVAL,       //!< a packet has arrived at the far end of a link; subject: packet, object: link
    PORT_FREE,     //!< a port's transmission ended; object: link
    NIC_TIMER,     //!< a NIC's wake-up time; object: link
    FLOW_ARRIVAL,  //!< the flows of the next start time
    FLOW_DELAY,    //!< first of the two zero-delay events of a flow; object: flow
    FLOW_START,    //!< creates the queue pair; object: flow
    CONTROL_TIMER, //!< a timer of a congestion control; subject: timer, object: queue pair slot
    LINK_CHANGE,   //!< a link goes down or comes up; object: index of the change
    RETRANSMIT     //!< retransmission timeout; object: queue pair slot
};

/// 16 bytes. Events of one time run in the order of their numbers.
struct EngineEvent
{
    uint64_t numberAndType; //!< number << 8 | type
    uint32_t subject;       //!< packet or timer, by type
    uint32_t object;        //!< link, flow, queue pair slot or change, by type

    /// The order among events of one time.
    uint64_t Number() const
    {
        return numberAndType >> 8;
    }

    /// What it does.
    EventType Type() const
    {
        return static_cast<EventType>(numberAndType & 0xff);
    }
};

/**
 * The engine's calendar: a ring with one slot per nanosecond for what is near, a heap for the rest. Insertion and
 * removal cost a few nanoseconds, where a heap of all events costs five times as much.
 *
 * Events are numbered in the order in which they are scheduled; ties of time go by number. A number may be taken early
 * and its event inserted later or never (a port-free event that nobody waits for).
 */
class EventWheel
{
  public:
    static constexpr int64_t NEVER = std::numeric_limits<int64_t>::max(); //!< time of no event

    /// Time of the events that run, ns.
    int64_t Now() const
    {
        return m_now;
    }

    /// Number of the event that runs.
    uint64_t RunningNumber() const
    {
        return m_running;
    }

    /// A number for an event that may be inserted later.
    uint64_t TakeNumber()
    {
        return m_nextNumber++;
    }

    /// \return the event's number
    uint64_t Schedule(int64_t timeNs, EventType type, uint32_t subject, uint32_t object)
    {
        const uint64_t number = TakeNumber();
        Insert(timeNs, number, type, subject, object);
        return number;
    }

    /// \param timeNs not before Now() \param number taken before, of no event that was inserted
    void Insert(int64_t timeNs, uint64_t number, EventType type, uint32_t subject, uint32_t object)
    {
        const EngineEvent event{number << 8 | static_cast<uint64_t>(type), subject, object};
        if (timeNs == m_now && m_inSlot)
        {
            InsertInRunningSlot(event);
        }
        else if (timeNs - m_now < SLOTS)
        {
            Append(static_cast<uint32_t>(timeNs) & MASK, event);
            m_nextRingTime = std::min(m_nextRingTime, timeNs);
        }
        else
        {
            m_far.push({timeNs, event});
        }
    }

    /// Time of the earliest event, NEVER if there is none.
    int64_t NextTime() const
    {
        return std::min(m_nextRingTime, m_far.empty() ? NEVER : m_far.top().timeNs);
    }

    /// Runs all events of NextTime(), also those that are added to it meanwhile. \param run called with each event
    template <typename Run>
    void RunNextSlot(Run run)
    {
        const int64_t time = NextTime();
        m_now = time;
        Gather(time);
        m_inSlot = true;
        for (m_position = 0; m_position < m_slot.size();)
        {
            const EngineEvent event = m_slot[m_position++];
            m_running = event.Number();
            run(event);
        }
        m_inSlot = false;
        if (m_nextRingTime <= time)
        {
            m_nextRingTime = NextRingTimeAfter(time);
        }
    }

  private:
    static constexpr int64_t SLOTS = 8192; //!< ns; above link delay and transmission time of common links
    static constexpr uint32_t MASK = SLOTS - 1;
    static constexpr uint32_t WORDS = SLOTS / 64;
    static constexpr uint32_t NONE = std::numeric_limits<uint32_t>::max();
    static constexpr uint32_t CHUNK_EVENTS = 7;

    /// Events of one slot, oldest chunk last; 128 bytes.
    struct alignas(64) Chunk
    {
        EngineEvent events[CHUNK_EVENTS];
        uint32_t count = 0;
        uint32_t next = NONE;
    };

    struct FarEvent
    {
        int64_t timeNs;
        EngineEvent event;

        bool operator<(const FarEvent& other) const
        {
            return timeNs != other.timeNs ? timeNs > other.timeNs : event.numberAndType > other.event.numberAndType;
        }
    };

    static bool Earlier(const EngineEvent& a, const EngineEvent& b)
    {
        return a.numberAndType < b.numberAndType;
    }

    void Append(uint32_t slot, const EngineEvent& event)
    {
        uint32_t chunk = m_heads[slot];
        if (chunk == NONE || m_chunks[chunk].count == CHUNK_EVENTS)
        {
            if (chunk == NONE)
            {
                m_words[slot / 64] |= uint64_t{1} << slot % 64;
                m_top[slot / 4096] |= uint64_t{1} << slot / 64 % 64;
            }
            uint32_t fresh = m_freeChunks;
            if (fresh == NONE)
            {
                fresh = static_cast<uint32_t>(m_chunks.size());
                m_chunks.emplace_back();
            }
            else
            {
                m_freeChunks = m_chunks[fresh].next;
            }
            m_chunks[fresh].count = 0;
            m_chunks[fresh].next = chunk;
            m_heads[slot] = chunk = fresh;
        }
        Chunk& last = m_chunks[chunk];
        last.events[last.count++] = event;
    }

    /// Moves the events of a time to m_slot, in order.
    void Gather(int64_t time)
    {
        m_slot.clear();
        if (m_nextRingTime == time)
        {
            const uint32_t slot = static_cast<uint32_t>(time) & MASK;
            for (uint32_t chunk = m_heads[slot]; chunk != NONE;)
            {
                Chunk& events = m_chunks[chunk];
                m_slot.insert(m_slot.end(), events.events, events.events + events.count);
                const uint32_t next = events.next;
                events.next = m_freeChunks;
                m_freeChunks = chunk;
                chunk = next;
            }
            m_heads[slot] = NONE;
            m_words[slot / 64] &= ~(uint64_t{1} << slot % 64);
            if (m_words[slot / 64] == 0)
            {
                m_top[slot / 4096] &= ~(uint64_t{1} << slot / 64 % 64);
            }
        }
        while (!m_far.empty() && m_far.top().timeNs == time)
        {
            m_slot.push_back(m_far.top().event);
            m_far.pop();
        }
        // mostly one or two events; a late port-free event comes after younger ones
        if (!std::is_sorted(m_slot.begin(), m_slot.end(), Earlier))
        {
            std::sort(m_slot.begin(), m_slot.end(), Earlier);
        }
    }

    void InsertInRunningSlot(const EngineEvent& event)
    {
        auto place = m_slot.end();
        while (place != m_slot.begin() + static_cast<std::ptrdiff_t>(m_position) && Earlier(event, *(place - 1)))
        {
            --place;
        }
        m_slot.insert(place, event);
    }

    /// \return the earliest time after `time` with events in the ring
    int64_t NextRingTimeAfter(int64_t time) const
    {
        const uint32_t start = (static_cast<uint32_t>(time) + 1) & MASK;
        uint32_t word = start / 64;
        const uint64_t first = m_words[word] & (~uint64_t{0} << start % 64);
        if (first)
        {
            return At(time, word * 64 + static_cast<uint32_t>(__builtin_ctzll(first)));
        }
        for (uint32_t i = 0; i < WORDS; i++)
        {
            word = (word + 1) % WORDS;
            if (word % 64 == 0 || i == 0)
            {
                // skip whole empty groups of 64 words
                const uint64_t group = m_top[word / 64] & (~uint64_t{0} << word % 64);
                const uint32_t skipped =
                    group ? static_cast<uint32_t>(__builtin_ctzll(group)) - word % 64 : 63 - word % 64;
                word += skipped;
                i += skipped;
            }
            if (m_words[word])
            {
                return At(time, word * 64 + static_cast<uint32_t>(__builtin_ctzll(m_words[word])));
            }
        }
        return NEVER;
    }

    static int64_t At(int64_t time, uint32_t slot)
    {
        return time + ((slot - static_cast<uint32_t>(time)) & MASK);
    }

    static std::vector<uint32_t> EmptyHeads()
    {
        return std::vector<uint32_t>(SLOTS, NONE);
    }

    int64_t m_now = 0;
    uint64_t m_running = 0;
    uint64_t m_nextNumber = 1;
    int64_t m_nextRingTime = NEVER;
    bool m_inSlot = false;
    std::size_t m_position = 0;      //!< of the next event in m_slot
    std::vector<EngineEvent> m_slot; //!< events of the slot that runs
    std::vector<uint32_t> m_heads = EmptyHeads();
    std::array<uint64_t, WORDS> m_words{};
    std::array<uint64_t, (WORDS + 63) / 64> m_top{};
    std::vector<Chunk> m_chunks;
    uint32_t m_freeChunks = NONE;
    std::priority_queue<FarEvent> m_far;
};

} // namespace ns3::m3

#endif // M3_EVENT_WHEEL_H
