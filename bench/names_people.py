"""Ordinary people for measuring false alerts, twice. Synthetic: no row is a person.

`directors` are whom a portal asks about: as many of each country as are in a table of companies, called as
Faker calls people there, in the script of the country and with its titles and second names.

`namesakes` are the hardest case: the commonest given names × the commonest family names of 19 languages, from
common knowledge, every language as often, so two of them together are the name of many people.
"""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

DIRECTORS = 5000
OF_EACH = 300  # full names of a language

# Language: given names / family names. A Chinese given name is one or two of its syllables.
PEOPLE = {
    "English": "James Mary Robert Patricia John Jennifer Michael Linda David Susan William Karen Thomas Emma"
    " Daniel Sarah Matthew Laura Andrew Emily/Smith Johnson Williams Brown Jones Taylor Davies Wilson Evans"
    " Thomas Roberts Walker Wright Robinson Thompson White Hughes Edwards Green Hall",
    "French": "Jean Marie Pierre Nathalie Michel Isabelle Philippe Sylvie Alain Catherine Nicolas Camille"
    " Julien Claire Laurent Sophie Thomas Julie Olivier Céline/Martin Bernard Dubois Thomas Robert Richard"
    " Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia Roux Fournier Girard Bonnet Dupont",
    "German": "Peter Ursula Michael Monika Thomas Petra Andreas Sabine Wolfgang Renate Klaus Karin Stefan"
    " Anna Jürgen Julia Markus Katrin Uwe Claudia/Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker"
    " Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann",
    "Spanish": "Antonio María José Carmen Manuel Ana Francisco Isabel Juan Laura David Cristina Javier Marta"
    " Carlos Lucía Miguel Elena Luis Sara/García Rodríguez González Fernández López Martínez Sánchez Pérez"
    " Gómez Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez",
    "Portuguese": "João Maria José Ana Antônio Francisca Carlos Adriana Paulo Juliana Pedro Márcia Lucas"
    " Fernanda Luiz Patrícia Marcos Aline Rafael Camila/Silva Santos Oliveira Souza Rodrigues Ferreira Alves"
    " Pereira Lima Gomes Costa Ribeiro Martins Carvalho Almeida Lopes Soares Fernandes Vieira Barbosa",
    "Italian": "Giuseppe Maria Giovanni Anna Antonio Giuseppina Mario Rosa Luigi Angela Francesco Giovanna"
    " Andrea Teresa Marco Lucia Stefano Paola Roberto Chiara/Rossi Russo Ferrari Esposito Bianchi Romano"
    " Colombo Ricci Marino Greco Bruno Gallo Conti Costa Giordano Mancini Rizzo Lombardi Moretti Barbieri",
    "Russian": "Aleksandr Yelena Sergey Olga Vladimir Tatyana Andrey Irina Alexey Natalia Dmitry Svetlana"
    " Nikolay Yekaterina Yevgeny Anna Igor Marina Yury Lyudmila/Ivanov Smirnov Kuznetsov Popov Vasiliev"
    " Petrov Sokolov Mikhailov Novikov Fedorov Morozov Volkov Alekseev Lebedev Semenov Yegorov Pavlov Kozlov"
    " Stepanov Nikolaev",
    "Russian, in Cyrillic": "Александр Елена Сергей Ольга Владимир Татьяна Андрей Ирина Алексей Наталья"
    " Дмитрий Светлана Николай Анна Игорь Марина Юрий Людмила/Иванов Смирнов Кузнецов Попов Васильев Петров"
    " Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев Семёнов Егоров Павлов Козлов",
    "Arabic": "Mohamed Fatima Ahmed Aisha Ali Mariam Hassan Zainab Omar Khadija Youssef Sara Ibrahim Nour"
    " Khaled Layla Mahmoud Amina Mustafa Huda/Hassan Ibrahim Abdullah Khalil Mansour Saleh Haddad Khoury"
    " Najjar Nasser Farouk Sabbagh Qasim Zidan Shahin Darwish Halabi Masri Tamimi Rahman",
    "Persian": "Mohammad Fatemeh Ali Zahra Hossein Maryam Reza Leila Mehdi Sara Hassan Narges Amir Nasrin"
    " Saeed Shirin Hamid Parisa Majid Mina/Mohammadi Hosseini Ahmadi Karimi Moradi Jafari Rezaei Rahimi"
    " Hashemi Kazemi Ebrahimi Sadeghi Akbari Ghasemi Najafi Bagheri Nazari Tehrani Shirazi Esfahani",
    "Turkish": "Mehmet Fatma Mustafa Ayşe Ahmet Emine Ali Hatice Hüseyin Zeynep Hasan Elif İbrahim Meryem"
    " Osman Şerife Murat Merve Yusuf Esra/Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir"
    " Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek",
    "Hindi": "Rahul Priya Amit Anjali Sanjay Sunita Vijay Pooja Rajesh Kavita Suresh Neha Anil Meena Ravi"
    " Deepa Manoj Asha Ashok Rekha/Sharma Verma Gupta Singh Kumar Patel Mehta Joshi Mishra Yadav Agarwal"
    " Reddy Nair Iyer Chopra Malhotra Desai Banerjee Mukherjee Pandey",
    "Chinese": "wei fang na min jing li qiang lei jun yang yong yan jie juan tao ming chao xiu ying hua ping"
    " gang gui yu xin lan bo hong bin mei/Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo"
    " He Lin Gao Luo Zheng Liang Xie Song Tang Deng Han Feng Cao Peng",
    "Chinese, in Han": "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀 英 华 平 刚 桂 玉 鑫 兰 波"
    "/王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 邓 韩 冯 曹 彭",
    "Korean": "Ji-hoon Min-ji Min-jun Seo-yeon Hyun-woo Ji-woo Dong-hyun Ji-eun Sung-min Soo-jin Jae-won"
    " Eun-ji Young-ho Hye-jin Sang-hoon Mi-kyung Joon-ho Yu-na Kyung-soo Hae-won/Kim Lee Park Choi Jung Kang"
    " Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Yoo Hong",
    "Japanese": "Hiroshi Yoko Takashi Keiko Kenji Kazuko Makoto Yumiko Akira Sachiko Daisuke Naoko Kenta"
    " Ayumi Shota Misaki Yuta Sakura Ren Aoi/Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura"
    " Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Saito",
    "Vietnamese": "Anh Huong Minh Lan Hung Mai Dung Thuy Tuan Hoa Nam Linh Long Trang Son Phuong Duc Ha Quang"
    " Nga/Nguyen Tran Le Pham Huynh Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Trinh Dinh Luong Mac Cao",
    "Indonesian": "Agus Siti Budi Dewi Eko Sri Hendra Rina Joko Ratna Bambang Wati Dedi Indah Rudi Ayu Andi"
    " Fitri Wahyu Yuni/Santoso Wijaya Setiawan Susanto Hidayat Kurniawan Saputra Lestari Nugroho Wibowo"
    " Pratama Gunawan Rahayu Handayani Suryadi Utomo Hartono Siregar Nasution Simanjuntak",
    "Swahili and Hausa": "Juma Amina Baraka Neema Musa Halima Salim Zawadi Yusuf Rehema Abubakar Hauwa"
    " Ibrahim Zainab Sani Maryam Bashir Rakiya Hamisi Asha/Mwangi Otieno Mushi Kamau Ochieng Mollel Kimani"
    " Odhiambo Mwita Bello Garba Danjuma Yakubu Lawal Abdullahi Shehu Usman Waziri Gambo",
}


def directors(companies: Path, seed: int = 5) -> list[str]:
    """Names of people in the countries of a table of companies (column location), none twice.

    Left out are the countries that Faker has no names of: 3 % of the companies.
    """
    from faker import Faker
    from faker.config import AVAILABLE_LOCALES
    from rigour.territories import lookup_territory

    spoken: dict[str, list[str]] = defaultdict(list)
    for locale in sorted(AVAILABLE_LOCALES):
        _language, _, country = locale.partition("_")
        if country:
            spoken[country.lower()].append(locale)
    with companies.open(newline="", encoding="utf-8") as file:
        places = (lookup_territory(row["location"]) for row in csv.DictReader(file))
        counts = Counter(place.code for place in places if place and place.code in spoken)
    chance, sources, found = random.Random(seed), {}, {}
    for country in chance.choices(sorted(counts), [counts[code] for code in sorted(counts)], k=DIRECTORS):
        locale = chance.choice(spoken[country])
        if locale not in sources:
            sources[locale] = Faker(locale)
            sources[locale].seed_instance(f"{seed} {locale}")
        found.setdefault(sources[locale].name())
    return list(found)


def namesakes(seed: int = 5) -> Iterator[tuple[str, str]]:
    """(language, full name), OF_EACH of every language, none twice."""
    for language, names in PEOPLE.items():
        chance = random.Random(f"{seed} {language}")
        given, family = (part.split() for part in names.split("/"))
        made: dict[str, None] = {}
        while len(made) < OF_EACH:
            if language.startswith("Chinese"):
                first = "".join(chance.sample(given, chance.choice((1, 2, 2))))
            else:
                first = chance.choice(given)
            made.setdefault(_written(language, first, chance.choice(family)))
        yield from ((language, name) for name in made)


def _written(language: str, given: str, family: str) -> str:
    if language == "Chinese, in Han":
        return family + given
    return f"{family} {given.capitalize()}" if language in _FAMILY_FIRST else f"{given} {family}"


_FAMILY_FIRST = ("Chinese", "Korean", "Vietnamese")
